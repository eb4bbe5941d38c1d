"""Questions about members of the sandbox, who do not exist."""

from datetime import datetime
from typing import Any

TODAY = datetime.now().astimezone().date().isoformat()


def about(member_id: str, first_name: str, birth_date: str, last_name: str = "Trouble", **more: Any) -> dict[str, Any]:
    """What to ask about a member of Aetna."""
    person = {"last_name": last_name, "first_name": first_name, "birth_date": birth_date}
    return {"payer": "Aetna", "member_id": member_id, "subscriber": person, "date_of_service": TODAY, **more}


PAT = about("SBX0001", "Pat", "1980-01-31", "Sample")
