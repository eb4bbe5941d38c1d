"""Each fault by itself, in the order in which they are caused: what a bench keeps from one comes last."""

from tests.adversity.faults import database, disk, others, processes

FAULTS = (
    database.STOPPED,
    database.RESTARTED,
    database.KILLED,
    database.FAILED_OVER,
    database.SLOW,
    database.HUNG,
    database.UNREACHABLE,
    database.NO_CONNECTIONS,
    database.CUT_OFF,
    processes.WORKER,
    processes.WORKER_WHILE_AWAY,
    processes.FIRST,
    processes.ALL,
    processes.REPLACED,
    others.PAYER_HANGS,
    others.RELEASE_FAILS,
    others.CLOCK_SET_BACK,
    others.NEWER_SCHEMA,
    disk.SERVICE,
    disk.DATABASE,
)
