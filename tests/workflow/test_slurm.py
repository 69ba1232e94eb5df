"""On a real SLURM cluster of one node: the bytes of one machine, and words on what went wrong."""

import pytest
from one_node_slurm import PACKAGES, missing, one_node_slurm, processes

pytestmark = pytest.mark.long
COMMAND = (
    *("--workflow-profile", "workflow/profiles/slurm"),
    # this cluster has no accounting database; its jobs are small, so look at the queue soon
    *("--slurm-status-command", "squeue"),
    *("--slurm-init-seconds-before-status-checks", "3"),
    *("--latency-wait", "10"),
)
ESTIMATES = {
    "analyse_sensitivity",
    "expect_by_chance",
    "fit_models",
    "resample_therapists",
    "run_multiverse",
    "strip_thresholds",
    "weigh_shared_noise",
}


@pytest.fixture
def cluster(monkeypatch):
    """A cluster that this process and those it starts find."""
    absent = missing()
    assert not absent, f"{', '.join(absent)} not found; on Debian: apt-get install {PACKAGES}"
    with one_node_slurm(cpus=4, memory=16_000) as running:
        for name in ("SLURM_CONF", "PATH"):
            monkeypatch.setenv(name, running.environment[name])
        yield running
    assert processes(running.folder) == []
    assert not running.folder.exists()


def test_the_multiverse_has_the_same_bytes(fresh, built, cluster, tmp_path):
    project = fresh.copy(tmp_path / "project")
    expected = {file.name: file.read_bytes() for file in built.results.glob("tables/multi*.csv")}
    assert len(expected) == 4
    files = [
        f"results/tiny/tables/{name}" for name in [*expected, "robustness.csv", "sensitivity.csv"]
    ]
    done = project.snakemake(*COMMAND, *files)
    assert done.returncode == 0, done.stdout
    made = {file.name: file.read_bytes() for file in project.results.glob("tables/multi*.csv")}
    assert made.keys() == expected.keys()
    assert [name for name in made if made[name] != expected[name]] == []

    # two cluster jobs: the estimates, and the resampled cohorts; all else was done here
    states, names = zip(*sorted(map(str.split, cluster.finished_jobs())), strict=True)
    assert states == ("COMPLETED", "COMPLETED")
    estimates, resampled = (name.removeprefix("rule_") for name in sorted(names))
    # squeue cuts long names
    whole = f"estimates_{'_'.join(sorted(ESTIMATES))}"
    assert whole.startswith(estimates.removesuffix("...")) and len(estimates) > 60
    assert resampled == "resampled_resample_multiverse"


def test_a_step_that_breaks_on_the_cluster_is_named(built, cluster, tmp_path):
    project = built.copy(tmp_path / "project")
    line = "with logged(snakemake.log[0]):\n"
    broken = '    raise KeyError("no such scale")\n'
    project.edit("workflow/scripts/modelling/fit.py", line, line + broken)
    done = project.snakemake(*COMMAND, "results/tiny/models/M2.json")
    assert done.returncode != 0
    assert "tiny: stopped. fit_models: KeyError, an error of the program" in done.stdout
    assert "results/tiny/logs/fit_models.log" in done.stdout
    assert [job.split()[0] for job in cluster.finished_jobs()] == ["FAILED"]
