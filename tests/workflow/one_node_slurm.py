"""A real SLURM of one node on loopback: no systemd, no cgroups, no accounting database."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGES = "munge slurm-wlm"
PROGRAMS = (
    "mungekey",
    "munged",
    "slurmctld",
    "slurmd",
    "sbatch",
    "scancel",
    "sinfo",
    "squeue",
    "srun",
)
# daemons live in folders that only root has on PATH
PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])
CONFIGURATION = """\
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/node
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SchedulerParameters=sched_interval=2,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory}
PartitionName=only Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> list[str]:
    """Return the programs of the Debian packages `PACKAGES` that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]


@dataclass(frozen=True)
class Cluster:
    """A running cluster; its configuration, keys, logs and sockets are in `folder`."""

    folder: Path
    environment: Mapping[str, str]  # with which a user's commands find the cluster

    def ask(self, *words: str) -> str:
        """Return what a command of SLURM prints."""
        done = subprocess.run(
            words, env=self.environment, text=True, capture_output=True, timeout=60
        )
        assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}{logs(self.folder)}"
        return done.stdout.strip()

    def finished_jobs(self) -> list[str]:
        """Return `state name` of each job that the controller remembers (for `MinJobAge`)."""
        return self.ask("squeue", "--noheader", "--states=all", "--format=%T %k").splitlines()


@contextlib.contextmanager
def one_node_slurm(cpus: int, memory: int) -> Iterator[Cluster]:
    """Start a cluster whose one node offers `cpus` and `memory` MB, and stop all that was started.

    Both are only counted, so more can be offered than the machine has.
    """
    # a path short enough for a socket, in a folder that munge lets everybody enter
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    folder.chmod(0o711)
    try:
        environment = write_configuration(folder, cpus, memory)
        cluster = Cluster(folder, environment)
        with contextlib.ExitStack() as stack:
            stack.callback(end_all, folder)
            start(stack, cluster, munge(folder))
            wait_for(lambda: (folder / "munge.socket").exists(), "munge", folder)
            start(stack, cluster, ["slurmctld", "-D", "-c"])
            start(stack, cluster, ["slurmd", "-D"])
            wait_for(lambda: node_state(cluster) == "idle", "the node", folder)
            yield cluster
            with contextlib.suppress(subprocess.TimeoutExpired):
                cluster.ask("scancel", f"--user={user()}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def user() -> str:
    """Return the name of the user who runs the tests: the daemons are theirs."""
    return pwd.getpwuid(os.getuid()).pw_name


def free_ports(number: int) -> list[int]:
    """Return ports of loopback that nobody listens to."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]


def write_configuration(folder: Path, cpus: int, memory: int) -> dict[str, str]:
    """Write what the daemons read; return the environment that leads to it."""
    controller_port, node_port = free_ports(2)
    configuration = folder / "slurm.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder,
            host=socket.gethostname().split(".")[0],
            user=user(),
            controller_port=controller_port,
            node_port=node_port,
            cpus=cpus,
            memory=memory,
        ),
        encoding="utf-8",
    )
    for name in ("controller", "node", "bin"):
        (folder / name).mkdir()
    # Inside a job the plugin starts `srun` without SLURM_CONF, as a cluster has its configuration
    # in /etc/slurm. This one has not: its `srun` says where.
    srun = folder / "bin/srun"
    srun.write_text(
        f'#!/bin/sh\nSLURM_CONF={configuration} exec {shutil.which("srun")} "$@"\n',
        encoding="utf-8",
    )
    srun.chmod(0o755)
    path = os.pathsep.join([str(folder / "bin"), PATH])
    outer = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM_", "SBATCH_"))}
    return {**outer, "SLURM_CONF": str(configuration), "PATH": path}


def munge(folder: Path) -> list[str]:
    """Make a key; return the command of the authentication daemon."""
    key = folder / "munge.key"
    subprocess.run(
        [str(shutil.which("mungekey", path=PATH)), "--create", f"--keyfile={key}"], check=True
    )
    own = {"key": "key", "pid": "pid", "log": "log", "seed": "seed"}
    files = [f"--{kind}-file={folder}/munge.{ending}" for kind, ending in own.items()]
    return ["munged", "--foreground", f"--socket={folder}/munge.socket", *files]


def start(stack: contextlib.ExitStack, cluster: Cluster, command: Sequence[str]) -> None:
    """Start a daemon, to be ended before those that were started earlier."""
    program = str(shutil.which(command[0], path=PATH))
    with (cluster.folder / f"{command[0]}.out").open("w") as output:
        daemon = subprocess.Popen(
            [program, *command[1:]],
            env=cluster.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    stack.callback(end, daemon)


def end(daemon: subprocess.Popen[bytes]) -> None:
    """End a daemon: politely, then not."""
    daemon.terminate()
    try:
        daemon.wait(timeout=20)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()


def processes(folder: Path) -> list[int]:
    """Return all processes whose environment names the folder: daemons, steps, their jobs."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile, or somebody else's
            if os.fsencode(folder) in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found


def end_all(folder: Path) -> None:
    """End the steps of jobs that a failed run left behind: they are no children of ours."""
    for process in processes(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    wait_for(lambda: not processes(folder), "the end of its jobs", folder)


def node_state(cluster: Cluster) -> str:
    """Return the state of the node; nothing while the controller does not answer."""
    words = ["sinfo", "--noheader", "--format=%T"]
    done = subprocess.run(words, env=cluster.environment, text=True, capture_output=True)
    return done.stdout.strip()


def wait_for(condition, what: str, folder: Path, seconds: float = 60) -> None:
    """Wait until a condition is met; fail with the daemons' logs when it never is."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"SLURM waited {seconds} s for {what}.{logs(folder)}")
        time.sleep(0.2)


def logs(folder: Path) -> str:
    """Return the ends of the daemons' logs."""
    files = sorted([*folder.glob("*.log"), *folder.glob("*.out")])
    return "".join(
        f"\n--- {file.name}\n{file.read_text(errors='replace')[-1500:]}" for file in files
    )
