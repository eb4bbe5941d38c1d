"""The same question on the common stack: FastAPI, Pydantic, SQLAlchemy's asyncio with asyncpg, rules read per request.

It reads the payer, the rules that may answer, the treatment and the sources from the tables of Outlay's own database,
one statement each over one connection; lays out the sessions, sends them through deductible and maximum, tells the
decision with its citations, and stores question and answer in a table of its own before it answers. It has no worlds,
no trace, no notices, no second payers and no second language: it does much less for each request than what is compared
with it, and tells the same cents.
"""

import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Date, DateTime, Text, Uuid, and_, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, JSON
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ADDRESS = "BENCH_DATABASE_URL"
Cents = Annotated[int, Field(ge=0, le=100_000_000)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Limit(Strict):
    individual_cents: Cents
    individual_met_cents: Cents = 0


class CostShare(Strict):
    patient_share_bp: Annotated[int, Field(ge=0, le=10_000)]
    deductible_applies: bool = True


class CostShares(Strict):
    default: CostShare


class Benefits(Strict):
    plan_year_start: Annotated[str, Field(pattern=r"^\d\d-\d\d$")]
    deductible: Limit
    out_of_pocket_max: Limit
    cost_shares: CostShares


class Range(Strict):
    low_cents: Cents
    high_cents: Cents


class Prices(Strict):
    allowed_per_session: Range


class Course(Strict):
    kind: Literal["sessions"]
    count: Annotated[int, Field(ge=1, le=120)]


class Question(Strict):
    payer: str
    state: str
    line_of_business: str
    treatment: str
    dose_mg: int
    indication: str
    start_on: Annotated[date, Field(strict=False)]
    course: Course
    network: Literal["in", "out"]
    lane: Literal["medical", "pharmacy"]
    authorization: Literal["approved", "pending", "denied"]
    place_of_service: str
    benefits: Benefits
    prices: Prices


class SessionAnswer(Strict):
    number: int
    on: date
    phase: str
    allowed_cents: int
    deductible_cents: int
    coinsurance_cents: int
    plan_pays_cents: int
    patient_pays_cents: int
    deductible_remaining_cents: int
    out_of_pocket_remaining_cents: int


class Citation(Strict):
    title: str
    url: str | None


class Coverage(Strict):
    status: str
    lane: str | None
    policy: Any
    criteria: Any
    codes: list[str]
    verified_on: date
    citations: list[Citation]


class Answer(Strict):
    id: UUID
    created_at: datetime
    payer: str
    treatment: str
    coverage: Coverage
    sessions: list[SessionAnswer]
    course_cents: int
    explanation: list[str]


class Base(DeclarativeBase):
    pass


class CurrentReleaseRow(Base):
    __tablename__ = "current_release"
    singleton: Mapped[bool] = mapped_column(primary_key=True)
    release: Mapped[int]


class PayerRow(Base):
    __tablename__ = "payers"
    release: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]


class RuleRow(Base):
    __tablename__ = "rules"
    release: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    payer: Mapped[str]
    line_of_business: Mapped[str | None]
    plan: Mapped[str | None]
    status: Mapped[str]
    lane: Mapped[str | None]
    policy: Mapped[Any] = mapped_column(JSON)
    criteria: Mapped[Any] = mapped_column(JSON)
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sources: Mapped[list[str]] = mapped_column(ARRAY(Text))
    verified_on: Mapped[date] = mapped_column(Date)


class RuleQuestionRow(Base):
    __tablename__ = "rule_questions"
    release: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    payer: Mapped[str] = mapped_column(primary_key=True)
    line_of_business: Mapped[str] = mapped_column(primary_key=True)
    plan: Mapped[str] = mapped_column(primary_key=True)
    treatment: Mapped[str] = mapped_column(primary_key=True)
    indication: Mapped[str] = mapped_column(primary_key=True)
    valid: Mapped[Any] = mapped_column(DATERANGE)


class TreatmentRow(Base):
    __tablename__ = "treatments"
    release: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    phases: Mapped[Any] = mapped_column(JSON)


class SourceRow(Base):
    __tablename__ = "sources"
    release: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    title: Mapped[str]
    url: Mapped[str | None]


class EstimateRow(Base):
    __tablename__ = "bench_estimates"
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    question: Mapped[Any] = mapped_column(JSON)
    answer: Mapped[Any] = mapped_column(JSON)


_engine = create_async_engine(
    os.environ.get(ADDRESS, "postgresql+asyncpg://").replace("postgresql://", "postgresql+asyncpg://", 1),
    pool_size=8,
    max_overflow=0,
)
_sessions = async_sessionmaker(_engine, expire_on_commit=False)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    async with _engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all, tables=[Base.metadata.tables["bench_estimates"]])
    yield
    await _engine.dispose()


app = FastAPI(lifespan=_lifespan, openapi_url=None)


@app.post("/v1/estimates", status_code=201)
async def estimate(question: Question) -> Response:
    async with _sessions() as session:
        answer = await _answered(session, question)
        body = answer.model_dump_json()
        session.add(
            EstimateRow(
                id=answer.id,
                created_at=answer.created_at,
                question=question.model_dump(mode="json"),
                answer=answer.model_dump(mode="json"),
            )
        )
        await session.commit()
    return Response(body, 201, media_type="application/json")


async def _answered(session: AsyncSession, question: Question) -> Answer:
    current = select(CurrentReleaseRow.release).scalar_subquery()
    name = question.payer.lower()
    payer = await session.scalar(
        select(PayerRow).where(
            PayerRow.release == current, or_(PayerRow.slug == name, func.lower(PayerRow.name) == name)
        )
    )
    if payer is None:
        raise HTTPException(422, "unknown payer")
    rule = await _rule(session, question, payer)
    treatment = await session.scalar(
        select(TreatmentRow).where(TreatmentRow.release == payer.release, TreatmentRow.slug == question.treatment)
    )
    if rule is None or treatment is None:
        raise HTTPException(422, "nothing on file")
    sources = await session.scalars(
        select(SourceRow).where(SourceRow.release == payer.release, SourceRow.id.in_(rule.sources))
    )
    sessions = _through_limits(question, _days(treatment.phases, question.start_on, question.course.count))
    course_cents = sum(each.patient_pays_cents for each in sessions)
    return Answer(
        id=uuid4(),
        created_at=datetime.now(UTC),
        payer=payer.slug,
        treatment=treatment.slug,
        coverage=Coverage(
            status=rule.status,
            lane=rule.lane,
            policy=rule.policy,
            criteria=rule.criteria,
            codes=rule.codes,
            verified_on=rule.verified_on,
            citations=[Citation(title=each.title, url=each.url) for each in sources],
        ),
        sessions=sessions,
        course_cents=course_cents,
        explanation=[
            f"{payer.name} covers {treatment.name} under the status {rule.status}.",
            f"The course of {len(sessions)} sessions costs the patient ${course_cents / 100:,.2f}.",
        ],
    )


async def _rule(session: AsyncSession, question: Question, payer: PayerRow) -> RuleRow | None:
    """The most particular rule that holds on the first day, the payer's own before the default."""
    asked = RuleQuestionRow
    found = await session.scalars(
        select(RuleRow)
        .join(asked, and_(asked.release == RuleRow.release, asked.rule == RuleRow.id))
        .where(
            asked.release == payer.release,
            asked.payer.in_((payer.slug, "*")),
            asked.line_of_business.in_((question.line_of_business, "*")),
            asked.plan == "",
            asked.treatment == question.treatment,
            asked.indication == question.indication,
            asked.valid.contains(question.start_on),
        )
    )
    return max(found, key=lambda rule: (rule.payer != "*", rule.line_of_business is not None), default=None)


def _days(phases: Sequence[dict[str, Any]], first: date, count: int) -> list[tuple[date, str]]:
    """The labelled schedule, at the closest spacing."""
    days: list[tuple[date, str]] = []
    week = first
    for phase in phases:
        turns = range(phase["weeks"] * 7 // phase["repeat_days"]) if phase["weeks"] else range(count)
        for _ in turns:
            days += [(week + timedelta(days=offset), phase["name"]) for offset in phase["day_offsets"]]
            week += timedelta(days=phase["repeat_days"])
    return days[:count]


def _through_limits(question: Question, days: Sequence[tuple[date, str]]) -> list[SessionAnswer]:
    benefits = question.benefits
    deductible, maximum = benefits.deductible, benefits.out_of_pocket_max
    deductible_left = deductible.individual_cents - deductible.individual_met_cents
    maximum_left = maximum.individual_cents - maximum.individual_met_cents
    share = benefits.cost_shares.default
    allowed = question.prices.allowed_per_session.low_cents
    sessions: list[SessionAnswer] = []
    year = _plan_year(days[0][0], benefits.plan_year_start)
    for number, (on, phase) in enumerate(days, 1):
        if (begins := _plan_year(on, benefits.plan_year_start)) != year:
            year, deductible_left, maximum_left = begins, deductible.individual_cents, maximum.individual_cents
        taken = min(deductible_left, maximum_left, allowed) if share.deductible_applies else 0
        coinsurance = min(((allowed - taken) * share.patient_share_bp + 5_000) // 10_000, maximum_left - taken)
        deductible_left -= taken
        maximum_left -= taken + coinsurance
        sessions.append(
            SessionAnswer(
                number=number,
                on=on,
                phase=phase,
                allowed_cents=allowed,
                deductible_cents=taken,
                coinsurance_cents=coinsurance,
                plan_pays_cents=allowed - taken - coinsurance,
                patient_pays_cents=taken + coinsurance,
                deductible_remaining_cents=deductible_left,
                out_of_pocket_remaining_cents=maximum_left,
            )
        )
    return sessions


def _plan_year(on: date, starts: str) -> int:
    return on.year if f"{on:%m-%d}" >= starts else on.year - 1
