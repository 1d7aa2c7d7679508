"""What joins workflows and activities to Temporal? Three workers in one process: leads, mails, other programs."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import Priority, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.deliveries import Deliveries
from activities.desk import Desks
from activities.duplicates import Comparing
from activities.email import Email
from activities.fading import Fading
from activities.failures import Failures
from activities.importing import Importer
from activities.in_common import InCommon
from activities.notify import Notify
from activities.old_problems import OldProblems
from activities.old_visits import OldVisits
from activities.post import From, LookUp, Post
from activities.rescoring import Rescorer
from activities.sending import Sending
from activities.turn import Turns
from activities.upkeep import Dates
from activities.webhook import Webhooks
from kweek.asked import asked_in
from kweek.config import Settings
from kweek.flow.catalogue import Rules
from kweek.importing import begun_in
from kweek.intake.errands import errand
from kweek.intake.hits import grade_hits
from kweek.intake.relay import Relay
from kweek.intake.suppress import SUPPRESSION
from kweek.leads.answers import SPREAD_MINUTES, RowAnswers
from kweek.leads.clock import FlowTime, Watch
from kweek.leads.database import Database, open_database
from kweek.leads.permission import address_key
from kweek.leads.workflow_ids import workflow_of
from kweek.mails.message import Person
from kweek.mails.render import Renderer
from kweek.rulebook import Rulebook
from workflows.effects import LEADS, MAIL, OUTGOING
from workflows.importing import Importing
from workflows.lead import Lead
from workflows.messages import LeadStart, Rescored, Window
from workflows.rescoring import RESCORING, Rescoring
from workflows.upkeep import UPKEEP, Upkeep

THREADS: Final = 16
WORKFLOW_TASKS: Final = 8
"""At once. The deadlock detector is fixed at 2 s: after a restart, slots × replay time must stay far below it."""

CACHED: Final = 1_000
"""Workflows kept in memory, 58 kB each; the others are replayed when they wake, 13 ms instead of 6."""

LOOK: Final = timedelta(minutes=15)
"""Of flow time: how late a flow that begins at a date may begin."""

SHORTEST_LOOK: Final = timedelta(seconds=5)

RUNNER: Final = SandboxedWorkflowRunner(
    # Rebuilding our modules for every run took 43.9 ms of CPU and 343 kB; passed through it takes 8.5 ms and 58 kB.
    # The tests also run the default sandbox.
    restrictions=SandboxRestrictions.default.with_passthrough_all_modules()
)


def pollers() -> PollerBehaviorAutoscaling:
    """The default number of pollers let a no-op wait 5.3 s at p99; scaled by need it is 1.9 s, and 1.1 s on one
    partition."""
    return PollerBehaviorAutoscaling(minimum=1, initial=4, maximum=32)


@dataclass(frozen=True, slots=True)
class Hands:
    """Everything that the activities of one process hold. `close` gives it back. rate: see `Relay`."""

    database: Database
    clock: FlowTime
    turns: Turns
    email: Email
    notify: Notify
    webhooks: Webhooks
    deliveries: Deliveries
    upkeep: Dates
    rescorer: Rescorer
    importer: Importer
    common: InCommon
    book: Rulebook
    renderer: Renderer
    rate: float | None

    def close(self) -> None:
        self.renderer.close()
        self.database.close()


def hands_of(settings: Settings, look_up: LookUp | None = None, spread_over: int = SPREAD_MINUTES) -> Hands:
    """Put the activities together. spread_over: see `RowAnswers`."""
    database = open_database(settings.database_url)
    clock = Watch(database, settings.tempo)
    clock.clock()  # whoever is told another tempo shall hear of it now
    book, renderer = Rulebook(settings.workspace, database), Renderer()

    def answers(tx: Connection, lead_id: str, now: datetime) -> RowAnswers:
        in_force = book.now()
        return RowAnswers(tx, lead_id, now, in_force.world, in_force.types, spread_over)

    post = Post(
        database,
        clock,
        settings,
        lambda: sender_of(book.now().rules),
        lambda: book.now().rules.settings.when_unsure,
        look_up,
    )
    email, notify = Email(post, book.now, renderer), Notify(post, book.now, renderer)
    secret = settings.key(SUPPRESSION)
    desks = Desks(book.now, lambda number: address_key(secret, number))
    turns = Turns(database, clock, answers, desks, email.may_leave)
    webhooks = Webhooks(database, clock, settings, book.now, answers)
    fading = Fading(database, lambda: book.now().ears)
    old = OldVisits(database, lambda: book.now().rules.settings.keep_visits.elapsed)
    chores = (fading.fade, old.forget, OldProblems(database).forget, Comparing(database, clock).compare)
    dates = Dates(database, clock, answers, chores)
    deliveries = Deliveries(database, clock, settings, book.now)
    rescorer, importer = Rescorer(database, clock, lambda: book.now().ears), Importer(database, clock, book.now)
    return Hands(
        database, clock, turns, email, notify, webhooks, deliveries, dates, rescorer, importer,
        InCommon(database, clock, lambda: book.now().ears), book, renderer, post.relay.rate,
    )  # fmt: skip


def sender_of(rules: Rules) -> From:
    """Who the workspace's mail is from; without `sender:` it is nobody's, and no relay takes it."""
    sender = rules.settings.sender
    if sender is None:
        return From(Person("nobody@invalid", rules.settings.name))
    return From(Person(sender.address, sender.name), sender.reply_to)


@asynccontextmanager
async def workers(
    client: Client, hands: Hands, runner: WorkflowRunner = RUNNER, cached: int = CACHED
) -> AsyncGenerator[None]:
    """Work while the context is open; then finish what is in hand and end. cached: workflows kept in memory."""
    failures = [Failures(hands.database, hands.clock)]
    with ThreadPoolExecutor(THREADS, "turn") as threads:
        leads = Worker(
            client,
            task_queue=LEADS,
            workflows=[Lead, Upkeep, Rescoring, Importing],
            activities=[
                hands.turns.turn,
                hands.upkeep.start_what_is_due,
                hands.rescorer.rescore_some,
                hands.importer.import_some,
            ],
            activity_executor=threads,
            workflow_runner=runner,
            interceptors=failures,
            max_concurrent_workflow_tasks=WORKFLOW_TASKS,
            max_concurrent_activities=THREADS,
            max_concurrent_local_activities=THREADS,
            max_cached_workflows=cached,
            workflow_task_poller_behavior=pollers(),
            activity_task_poller_behavior=pollers(),
            graceful_shutdown_timeout=timedelta(seconds=10),
        )
        mail = Worker(
            client,
            task_queue=MAIL,
            activities=[Sending(hands.email, hands.turns).send_mail, hands.notify.tell],
            interceptors=failures,
            max_concurrent_activities=THREADS,
            # the server's own limit, so that it holds for all workers together
            max_task_queue_activities_per_second=hands.rate,
            activity_task_poller_behavior=pollers(),
            # a cancelled send must not hear of it a minute late
            max_heartbeat_throttle_interval=timedelta(seconds=5),
            default_heartbeat_throttle_interval=timedelta(seconds=5),
            graceful_shutdown_timeout=timedelta(seconds=20),
        )
        outgoing = Worker(
            client,
            task_queue=OUTGOING,
            activities=[hands.webhooks.call_webhook],
            interceptors=failures,
            max_concurrent_activities=THREADS,
            activity_task_poller_behavior=pollers(),
            graceful_shutdown_timeout=timedelta(seconds=10),
        )
        async with leads, mail, outgoing:
            yield


async def connect(settings: Settings, stop: asyncio.Event, say: Callable[[str], None]) -> Client | None:
    """Connect, however long Temporal, or its namespace, is away; None: told to stop before it came."""
    pause, said = 0.25, ""
    while not stop.is_set():
        try:
            client = await Client.connect(settings.temporal_address, namespace=settings.temporal_namespace)
            if await _has_namespace(client):
                return client
            wrong = _no_namespace(settings)
        except (RuntimeError, RPCError):  # the SDK's words for a server that does not answer
            wrong = f"Temporal does not answer at {settings.temporal_address}; trying until it does"
        if wrong != said:
            say(said := wrong)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        pause = min(pause * 2, 5)
    return None


async def _has_namespace(client: Client) -> bool:
    """A server answers before it has made the namespace that it was told to make."""
    try:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    except RPCError as error:
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
            return False
        raise
    return True


def _no_namespace(settings: Settings) -> str:
    name = settings.temporal_namespace
    return (
        f"Temporal at {settings.temporal_address} has no namespace “{name}”; trying until it has. To make it: temporal "
        f"operator namespace create --namespace {name}; or name another with KWEEK_TEMPORAL_NAMESPACE"
    )


async def serve(client: Client, hands: Hands, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Turns, mails, doorbells and grades, until `stop` is set."""
    relay = Relay(hands.database, lambda lead_id: ring(client, lead_id))

    async def grade() -> bool:
        now = hands.clock.flow(datetime.now(UTC))
        return await asyncio.to_thread(grade_hits, hands.database, now, hands.book.now().ears) > 0

    async def keep_rules() -> bool:
        await asyncio.to_thread(hands.book.keep, hands.clock.flow(datetime.now(UTC)))
        return False

    async with workers(client, hands):
        await keep_up(client, hands.clock)
        ready()
        errands = [
            asyncio.create_task(errand("relay", relay.carry)),
            asyncio.create_task(errand("mass relay", relay.carry_mass)),
            asyncio.create_task(errand("grading", grade, idle=1.0)),
            asyncio.create_task(errand("webhooks", hands.deliveries.carry, idle=1.0)),
            asyncio.create_task(errand("rules", keep_rules, idle=2.0)),
            asyncio.create_task(errand("in common", hands.common.carry, idle=1.0)),
            asyncio.create_task(
                errand("rescoring", asked_in(hands.database, lambda job: rescore_all(client, job)), idle=2.0)
            ),
            asyncio.create_task(errand("imports", begun_in(hands.database, lambda id: take_in(client, id)), idle=1.0)),
        ]
        await stop.wait()
        for one in errands:
            one.cancel()
        await asyncio.gather(*errands, return_exceptions=True)
        await hands.deliveries.stop()


async def ring(client: Client, lead_id: str) -> None:
    """The doorbell: signal the lead's workflow, and start it where it does not run. Twice does no harm.

    A signal costs the server 3.1 ms, one to a workflow that is not there 1.4, and a signal-with-start 4.5: most bells
    are for a lead that is on its way.
    """
    name = workflow_of(lead_id)
    try:
        await client.get_workflow_handle(name).signal(Lead.bell)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        await client.start_workflow(
            Lead.run,
            LeadStart(lead_id),
            id=name,
            task_queue=LEADS,
            start_signal="bell",
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary=f"Lead {lead_id}",
        )


async def keep_up(client: Client, clock: FlowTime) -> None:
    """Have the one upkeep run; whoever comes second finds it running."""
    now = datetime.now(UTC)
    every = max(LOOK / clock.fastest, SHORTEST_LOOK)
    await client.start_workflow(
        Upkeep.run,
        Window(now, now, every.total_seconds()),  # Temporal's JSON knows no timedelta
        id=UPKEEP,
        task_queue=LEADS,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary="Begins flows at dates and weekdays",
    )


async def rescore_all(client: Client, job: str = "") -> WorkflowHandle[Rescoring, Rescored]:
    """Have all leads rescored by the rules that are in force; whoever comes second finds it running. job: the row by
    which a page asked for it."""
    return await client.start_workflow(
        Rescoring.run,
        Rescored(job=job),
        id=RESCORING,
        task_queue=LEADS,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary="Brings all leads to the points of the rules",
        priority=Priority(priority_key=1),  # else it stands behind the turns of all whose grade it changed before
    )


async def take_in(client: Client, import_id: str) -> None:
    """Have somebody look after this import; who does so already looks at once."""
    await client.start_workflow(
        Importing.run,
        import_id,
        id=f"import-{import_id}",
        task_queue=LEADS,
        start_signal="bell",
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=f"Import {import_id}",
    )


async def part_quietly() -> None:
    """A client with calls in flight at exit hung in 12 of 12 runs; collected and given a breath, in none."""
    gc.collect()
    await asyncio.sleep(0.2)
