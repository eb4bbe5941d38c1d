"""The real command in a real process: what it prints, where, and with which exit code."""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import COMMANDS, main
from tests.cli.command import answered, outlay

GOLDEN = Path(__file__).parent / "golden"
AETNA = ("estimate", "--payer", "Aetna", "--treatment", "spravato", "--today", "2026-11-23")


@pytest.mark.parametrize("golden", sorted(GOLDEN.glob("*.txt")), ids=lambda golden: golden.stem)
def test_an_estimate_reads_as_it_always_did(golden: Path) -> None:
    command, _, page = golden.read_text().replace("\\\n", "").partition("\n")
    prompt, _, *arguments = shlex.split(command)
    assert prompt == "$"
    done = outlay(*arguments, "--today", "2026-11-23")
    assert (done.returncode, done.stderr) == (0, "")
    # The version of the catalogue changes with every value of it; the rest changes only when an answer does.
    lines = (line.rstrip() for line in done.stdout.splitlines() if not line.startswith("Catalogue "))
    assert "\n".join(lines) + "\n" == page


def test_a_narrow_terminal_loses_no_amount() -> None:
    wide = outlay(*AETNA, "--sessions", "3", COLUMNS="120").stdout
    narrow = outlay(*AETNA, "--sessions", "3", COLUMNS="60")
    assert narrow.returncode == 0
    assert {word for word in wide.split() if "$" in word} == {word for word in narrow.stdout.split() if "$" in word}
    assert "…" not in narrow.stdout


def test_color_is_never_forced_on_anybody() -> None:
    assert "\x1b" not in outlay(*AETNA).stdout
    on_a_terminal = outlay(*AETNA, FORCE_COLOR="1", NO_COLOR="1", TERM="xterm-256color").stdout
    assert set(re.findall("\x1b\\[[0-9;]*m", on_a_terminal)) == {"\x1b[1m", "\x1b[0m"}  # bold, and its end


def test_the_json_answer_is_the_contract() -> None:
    answer = answered(*AETNA, "--sessions", "12", "--allowed", "1240")
    assert answer["payer"]["slug"] == "aetna"
    assert len(answer["sessions"]) == 12
    assert answer["price"]["per_session"] == {"low_cents": 124000, "high_cents": 124000}


def test_options_go_before_the_question_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "question.json"
    file.write_text('{"payer": "Cigna", "treatment": "spravato", "course": {"kind": "sessions", "count": 3}}')
    answer = answered("estimate", "--question", file, "--payer", "Aetna", "--sessions", "4")
    assert (answer["payer"]["slug"], len(answer["sessions"])) == ("aetna", 4)


def test_it_speaks_spanish() -> None:
    done = outlay(*AETNA, "--lang", "es")
    assert done.returncode == 0
    assert "Sesiones" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--payer", "Aetan Helth Zzz"], 1, ["--payer", "Remedy"]),
        (["--payer", "TriWest"], 1, ["--payer tricare-west", "--payer va-ccn", "Remedy"]),
        (["--coinsurance", "120"], 1, ["/benefits/cost_shares/default/patient_share_bp", "--coinsurance"]),
        (["--deductible", "100", "--deductible-met", "120"], 1, ["--deductible, --deductible-met"]),
        (["--start", "2026-02-30"], 1, ["/start_on", "--start"]),
        (["--deductible", "1e3"], 2, ["--deductible", "'1e3'"]),
        (["--deductible", "-5"], 2, ["--deductible"]),
        (["--treatment", "spravado"], 2, ["spravado", "iv-ketamine"]),
        (["--weeks", "4", "--sessions", "8"], 2, ["--weeks"]),
        (["--unheard-of"], 2, ["--unheard-of"]),
    ],
)
def test_a_bad_question_is_refused_with_its_place(arguments: list[str], code: int, words: list[str]) -> None:
    done = outlay(*AETNA, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert [word for word in words if word not in done.stderr] == []
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"payer": "Aetna", "treatment": "spravato", "dose_mg": "84"}', "/dose_mg (--dose)"),
        ('{"payer": "Aetna", "treatment": "spravato", "dose": 84}', "dose_mg"),
        ('{"payer": "Aetna", "payer": "Cigna", "treatment": "spravato"}', "twice"),
        ('{"payer": ', "Error:"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "question.json"
    file.write_text(content)
    done = outlay("estimate", "--question", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_question_without_a_payer_is_a_wrong_command_line() -> None:
    done = outlay("estimate", "--treatment", "spravato")
    assert done.returncode == 2
    assert "--payer" in done.stderr


def test_the_catalogue_is_clean() -> None:
    done = outlay("catalogue", "check")
    assert done.returncode == 0, done.stdout
    assert "0 errors" in done.stdout


def test_the_check_says_file_and_key(tmp_path: Path) -> None:
    (tmp_path / "payers").mkdir()
    (tmp_path / "payers/mesa.toml").write_text('[payer]\nslug = "mesa"\nnmae = "Mesa Health"\n')
    done = outlay("catalogue", "check", "--folder", tmp_path, "--json")
    assert done.returncode == 1
    [finding] = json.loads(done.stdout)["findings"]
    assert finding["file"] == "payers/mesa.toml"
    assert "nmae" in finding["problem"]
    unusable = outlay("catalogue", "version", "--folder", tmp_path)
    assert (unusable.returncode, unusable.stdout) == (1, "")
    assert "payers/mesa.toml" in unusable.stderr


def test_the_version_is_a_content_hash() -> None:
    done = outlay("catalogue", "version")
    assert done.returncode == 0
    assert len(done.stdout.strip()) == 64


@pytest.mark.parametrize(
    "command", ["serve", "migrate", "seed", "keys list", "estimate --database --payer Aetna --treatment spravato"]
)
def test_a_database_that_cannot_be_reached_has_its_own_exit_code(command: str) -> None:
    done = outlay(*command.split(), OUTLAY_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert done.returncode == 3, done.stderr
    assert "OUTLAY_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_that_cannot_be_used_is_refused() -> None:
    done = outlay("keys", "list", OUTLAY_PORT="eighty")
    assert done.returncode == 2
    assert "OUTLAY_PORT" in done.stderr


@pytest.mark.parametrize("command", ["", *COMMANDS, "keys create", "keys list", "keys revoke", "catalogue check"])
def test_help_has_an_example(command: str) -> None:
    done = CliRunner().invoke(main, [*command.split(), "--help"])
    assert done.exit_code == 0
    assert "Example:" in done.output
