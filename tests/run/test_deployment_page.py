"""The files that the manual shows for deployment: in the form of those they are for, and what `kirsch new` writes."""

from __future__ import annotations

import configparser
import json
import subprocess
import sys

import pytest
import yaml

import kirsch
from kirsch.run.cli import make_parser
from kirsch.run.newproject import FILES
from kirsch.run.serving import LINGER
from tests.house import ROOT
from tests.live.installed import found
from tests.test_docs import blocks


@pytest.fixture
def shown():
    """The files of the page by their names."""
    page = ROOT / "docs" / "how-to" / "deployment.md"
    return {name.rpartition("/")[2]: code for _, name, _, code in blocks(page) if name}


def _unit(text):
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read_string(text)
    return {section: dict(unit[section]) for section in unit.sections()}


def test_units(shown):
    """The unit is that of a new project, by another name; the socket hands a listening port down."""
    written = FILES["deploy/{name}.service"].format(name="site", package="site")
    service = _unit(shown["site.service"])

    assert set(service["Service"].items()) <= set(_unit(written)["Service"].items())
    assert service["Service"]["Type"] == "notify"
    assert _unit(shown["site.socket"])["Socket"] == {"ListenStream": "80", "FileDescriptorName": "web"}


def test_dockerfile(shown):
    """It is that of a new project."""
    assert shown["Dockerfile"] == FILES["Dockerfile"]


def test_what_the_dockerfile_needs_is_there(shown):
    """What it copies is in a new project, but for wheels, which may be; its commands are ones that we know."""
    lines = [line.split(maxsplit=1) for line in shown["Dockerfile"].splitlines()]
    copied = [source for word, rest in lines if word == "COPY" for source in rest.split()[:-1]]
    folders = {path.partition("/")[0] for path in FILES}
    commands = [json.loads(rest.removeprefix("CMD ")) for word, rest in lines if word in {"CMD", "HEALTHCHECK"}]

    assert {word for word, _ in lines} <= {"FROM", "RUN", "WORKDIR", "COPY", "USER", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert set(copied) - folders == {"*.whl"}
    assert [_understood(command) for command in commands] == ["health", "run"]


def _understood(command):
    """The verb of a command of ours, if its flags are known."""
    assert command[0] == "kirsch"
    return make_parser().parse_args(command[1:]).alone.__name__


@pytest.mark.slow
def test_systemd_understands_the_units(shown, tmp_path):
    """`systemd-analyze verify` has nothing to say, but for the program, which is not there."""
    analyze = found("systemd-analyze")
    for name in ("site.service", "site.socket"):
        (tmp_path / name).write_text(shown[name].replace("/opt/site/.venv/bin/kirsch", sys.executable))
    done = subprocess.run(
        [analyze, "verify", "--man=no", *map(str, tmp_path.iterdir())], capture_output=True, text=True, check=False
    )

    assert [line for line in done.stderr.splitlines() if "site" in line] == []


@pytest.fixture
def cluster(shown):
    """What is shown for Kubernetes: pod, container and service."""
    deployment, service = yaml.safe_load_all(shown["deployment.yaml"])
    assert (deployment["kind"], service["kind"]) == ("Deployment", "Service")
    assert deployment["spec"]["selector"]["matchLabels"] == deployment["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"] == deployment["spec"]["template"]["metadata"]["labels"]
    pod = deployment["spec"]["template"]["spec"]
    return pod, pod["containers"][0], service["spec"]


def test_a_cluster_asks_what_is_there(cluster):
    """Probes and service name the port on which the command listens; the page that is asked is one of a new project."""
    _, container, service = cluster
    (port,) = container["ports"]
    probes = [container[name] for name in ("startupProbe", "readinessProbe", "livenessProbe")]
    asked = [probe[how] for probe in probes for how in ("httpGet", "tcpSocket") if how in probe]

    assert (port["containerPort"], _understood(container["args"])) == (kirsch.server.socket_port, "run")
    assert {each["port"] for each in (*asked, {"port": service["ports"][0]["targetPort"]})} == {port["name"]}
    assert {each["path"] for each in asked if "path" in each} == {"/status"}
    assert "def status(self):" in FILES["src/{package}/site.py"]


def test_a_container_may_do_little(cluster):
    """It is not root, and writes nowhere but where the temporary files are."""
    pod, container, _ = cluster
    context = container["securityContext"]

    assert context["runAsNonRoot"]
    assert context["runAsUser"] > 0
    assert context["readOnlyRootFilesystem"]
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/tmp"]
    assert [volume["name"] for volume in pod["volumes"]] == [mount["name"] for mount in container["volumeMounts"]]


def test_the_grace_of_others_is_longer_than_ours(shown, cluster):
    """Who is to kill us if we do not end grants more than we need."""
    pod, container, _ = cluster
    ours = kirsch.server.shutdown_timeout + LINGER
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]

    assert float(_unit(shown["site.service"])["Service"]["TimeoutStopSec"]) > ours
    assert pod["terminationGracePeriodSeconds"] > ours + pause
