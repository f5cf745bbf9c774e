"""Whatever is sent, the answer is a clear refusal in the API's own form, and nobody else notices."""

import io
import secrets
import tarfile

import pytest
import pytest_asyncio

from tests.journeys.driving import SETTINGS, archive, good, platform

TIGHT = SETTINGS.replace("boot_seconds = 30", "boot_seconds = 1.5") + (
    "archive_bytes_max = 1000000\nsource_bytes_max = 8000000\nsource_files_max = 100\n"
)
BYSTANDER = "bystander"
JSON = {"Content-Type": "application/json"}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made():
    """A platform with an app that has nothing to do with it all."""
    async with platform(TIGHT) as made:
        await made.create(BYSTANDER)
        assert (await made.deploy(BYSTANDER, good()))["status"] == "success"
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def app(made):
    """An app that serves; afterwards it serves as before, takes a good deployment, and so does the bystander."""
    name = f"victim-{secrets.token_hex(4)}"
    await made.create(name)
    assert (await made.deploy(name, good()))["status"] == "success"
    yield name
    assert await made.serves(name)
    assert list((await made.containers(name)).values()) == ["running"]
    assert await made.serves(BYSTANDER)
    assert (await made.deploy(name, good(), ref="v-good"))["status"] == "success"
    assert await made.serves(name)


def refused(reply, status):
    """The error in Scalingo's form."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"].startswith("application/json")
    error = reply.json()["error"]
    assert "Traceback" not in error
    assert error
    return error


# -- requests ------------------------------------------------------------------------------------------------

WRONG = [
    ("POST", "/v1/apps", b'{"app": {"name": ', 400, "not valid JSON"),
    ("POST", "/v1/apps", b"\xff\xfe{}", 400, "not valid JSON"),
    ("POST", "/v1/apps", b"[" * 100_000, 422, "Expected `object`"),
    ("POST", "/v1/apps", b"[]", 422, "Expected `object`"),
    ("POST", "/v1/apps", b'{"app": 7}', 422, "Expected `object`"),
    ("POST", "/v1/apps", b'{"app": {"name": 7}}', 422, "name"),
    ("POST", "/v1/apps", b"{}", 422, "app missing field"),
    ("POST", "/v1/apps", b'{"app": {"name": "a"}}', 422, "between 6 and"),
    ("POST", "/v1/apps", b'{"app": {"name": "Upper-Case"}}', 422, "lower-case"),
    ("POST", "/v1/apps", b'{"app": {"name": "../../etc"}}', 422, "lower-case"),
    ("POST", "/v1/apps", b'{"app": {"name": "bystander"}}', 422, "taken"),
    ("POST", "/v1/apps", b'{"app": {"name": "' + b"x" * 2_000_000 + b'"}}', 413, "larger than"),
    ("GET", "/v1/apps/nobody-is-there", b"", 404, "not found"),
    ("GET", "/v1/apps/%2e%2e%2fetc", b"", 404, "not found"),
    ("POST", "/v1/apps/nobody-is-there/restart", b"{}", 404, "not found"),
    ("GET", "/v1/no/such/path", b"", 404, "not found"),
    ("DELETE", "/v1/apps", b"", 405, ""),
    (
        "POST",
        "/v1/apps/{app}/scale",
        b'{"containers": [{"name": "web", "amount": 11}]}',
        422,
        "between 0 and 10",
    ),
    (
        "POST",
        "/v1/apps/{app}/scale",
        b'{"containers": [{"name": "web", "amount": -1}]}',
        422,
        "between 0 and 10",
    ),
    ("POST", "/v1/apps/{app}/scale", b'{"containers": [{"name": "web", "amount": 1e99}]}', 422, "amount"),
    ("POST", "/v1/apps/{app}/scale", b'{"containers": [{"name": "web", "amount": "2"}]}', 422, "amount"),
    ("POST", "/v1/apps/{app}/scale", b'{"containers": [{"name": "web", "size": "XXXL"}]}', 422, "size"),
    ("POST", "/v1/apps/{app}/scale", b'{"containers": [{"name": "nothing", "amount": 1}]}', 404, "not found"),
    ("POST", "/v1/apps/{app}/restart", b'{"scope": "web"}', 422, "scope"),
    ("POST", "/v1/apps/{app}/restart", b'{"scope": ["nothing"]}', 404, "not found"),
    ("POST", "/v1/apps/{app}/variables", b'{"variable": {"name": "A=B", "value": "x"}}', 422, "name"),
    ("POST", "/v1/apps/{app}/deployments", b'{"deployment": {"git_ref": "x"}}', 422, "source_url"),
    (
        "POST",
        "/v1/apps/{app}/deployments",
        b'{"deployment": {"git_ref": "x", "source_url": "http://127.0.0.1:1/x.tar.gz"}}',
        422,
        "source_url",
    ),
    ("GET", "/v1/apps/{app}/operations/xyz", b"", 404, "not found"),
    ("GET", "/v1/apps/{app}/deployments?page=zero", b"", 422, "page"),
    ("GET", "/v1/logs/{app}?token=forged", b"", 401, ""),
    ("PUT", "/v1/sources/upload?token=forged", b"x", 404, "not found"),
]


async def test_a_wrong_request_is_refused_in_words(made, app):
    for method, path, body, status, words in WRONG:
        reply = await made.ask(method, path.format(app=app), content=body, headers=JSON)
        assert words in refused(reply, status), (method, path, body[:100])


async def test_who_says_nothing_or_something_wrong_of_himself_is_told_so(made, app):
    for given in ("", "Bearer", "Bearer x.y.z", "Basic !!!", "Bearer " + "x" * 20_000):
        reply = await made.ask("GET", f"/v1/apps/{app}", headers={"Authorization": given})
        refused(reply, 401)


async def test_a_second_change_of_a_busy_app_is_refused_and_names_the_first(made, app):
    begun = await made.ask("POST", f"/v1/apps/{app}/restart", json={})
    busy = await made.ask(
        "POST", f"/v1/apps/{app}/scale", json={"containers": [{"name": "web", "amount": 2}]}
    )
    again = await made.ask("POST", f"/v1/apps/{app}/restart", json={})

    for reply in (busy, again):
        assert "in progress" in refused(reply, 409)
        assert begun.headers["location"].endswith(reply.json()["operation"])
    assert (await made.ended(begun.headers["location"]))["status"] == "done"


# -- archives ------------------------------------------------------------------------------------------------


def tar(*entries):
    """A tar.gz with these entries: name, type, link name, content."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as made:
        for name, kind, target, content in entries:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, target, len(content)
            made.addfile(info, io.BytesIO(content))
    return out.getvalue()


PROCFILE = ("source/Procfile", tarfile.REGTYPE, "", b"web: exec python3 app.py\n")
FILE, LINK, HARD, DEVICE = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE
ARCHIVES = {
    "not an archive": (b"<html>not an archive</html>", "gzip"),
    "empty": (b"", ""),
    "cut off": (good()[:200], ""),
    "no entry": (tar(), "empty"),
    "up and out": (tar(PROCFILE, ("source/../../evil", FILE, "", b"x")), ".."),
    "absolute": (tar(PROCFILE, ("/etc/evil", FILE, "", b"x")), "/etc/evil"),
    "a link outside": (tar(PROCFILE, ("source/out", LINK, "../../../etc/passwd", b"")), "leads outside"),
    "an absolute link": (tar(PROCFILE, ("source/out", LINK, "/etc/passwd", b"")), "source/out"),
    "through a link": (tar(PROCFILE, ("source/a", LINK, ".", b""), ("source/a/b", FILE, "", b"x")), "a"),
    "a hard link outside": (tar(PROCFILE, ("source/out", HARD, "elsewhere/passwd", b"")), "hard link"),
    "a device": (tar(PROCFILE, ("source/null", DEVICE, "", b"")), "source/null"),
    "two roots": (tar(PROCFILE, ("other/x", FILE, "", b"x")), "exactly one folder"),
    "a bomb": (tar(PROCFILE, ("source/zeros", FILE, "", bytes(50_000_000))), "too large"),
    "many files": (tar(PROCFILE, *((f"source/{n}", FILE, "", b"") for n in range(200))), "too many files"),
    "no project": (archive({"readme.txt": "hello"}), "Procfile"),
    "a Procfile without types": (archive({"Procfile": "\n# nothing\n"}), "nothing to run"),
    "a Procfile with a wrong line": (archive({"Procfile": "web python3 app.py\n"}), "Procfile"),
    "a Procfile with a wrong type": (archive({"Procfile": "we b!: python3 app.py\n"}), "Procfile"),
    "a Procfile with a type twice": (archive({"Procfile": "web: a\nweb: b\n"}), "web"),
    "requirements that are not there": (
        archive({
            "Procfile": "web: python app.py\n",
            "requirements.txt": "no-such-package-at-all-9f3e==1.0\n",
        }),
        "no-such-package-at-all-9f3e",
    ),
    "requirements that are none": (
        archive({"Procfile": "web: python app.py\n", "requirements.txt": "!!! what?\n"}),
        "requirement",
    ),
    "a runtime that nobody has": (
        archive({"Procfile": "web: a\n", "requirements.txt": "", "runtime.txt": "python-2.5"}),
        "2.5",
    ),
}


@pytest.mark.parametrize("name", ARCHIVES)
async def test_an_archive_that_cannot_be_built_is_a_build_error_and_says_what_is_wrong(made, app, name):
    sent, words = ARCHIVES[name]
    deployment = await made.deploy(app, sent)

    assert deployment["status"] == "build-error"
    said = await made.said_by(app, deployment)
    assert words in said
    assert "Traceback" not in said
    (operation,) = [it for it in await made.operations() if it["target"].startswith("app:")][:1]
    assert operation["phase"] == "failed"
    assert operation["detail"]["code"] == "build-error"


async def test_an_archive_over_the_limit_is_not_taken(made, app):
    source = (await made.ask("POST", "/v1/sources", json={})).json()["source"]
    reply = await made.ask("PUT", source["upload_url"], content=secrets.token_bytes(1_100_000))
    refused(reply, 413)

    async def endless():
        for _ in range(20):
            yield secrets.token_bytes(100_000)

    refused(await made.ask("PUT", source["upload_url"], content=endless()), 413)
    body = {"deployment": {"git_ref": "x", "source_url": source["download_url"]}}
    assert "source_url" in refused(await made.ask("POST", f"/v1/apps/{app}/deployments", json=body), 422)


# -- apps that do not come up --------------------------------------------------------------------------------

SILENT = archive({"Procfile": "web: echo loading for ever; exec sleep 1000\n"})
CRASHING = archive({"Procfile": "web: echo connecting; echo no database at db.internal >&2; exit 7\n"})


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (
            SILENT,
            "timeout-error",
            ["web-1 did not accept connections on its port within 1.5 s", "loading for ever"],
        ),
        (
            CRASHING,
            "crashed-error",
            ["web-1 ended before it was ready", "status 7", "no database at db.internal"],
        ),
    ],
    ids=["silent", "crashing"],
)
async def test_a_release_that_does_not_come_up_is_taken_back_and_its_last_words_are_told(
    made, app, sent, status, words
):
    deployment = await made.deploy(app, sent)

    assert deployment["status"] == status
    newest = (await made.operations())[0]
    shown = (await made.ask("GET", f"/v1/apps/{app}/operations/{newest['id']}")).json()["operation"]
    assert (newest["phase"], shown["status"]) == ("failed", "error")
    for word in words:
        assert word in shown["error"]
