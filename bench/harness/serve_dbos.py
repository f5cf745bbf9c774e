"""FastAPI in front of DBOS: a POST carries out a workflow of three steps and waits for its end; a GET tells its status.

It prints one line of JSON, where it is reached and which workflows have ended, and serves until it is killed.
"""

import json
import socket

import uvicorn
import uvloop
from dbos import DBOS
from engine_dbos import launch, three
from fastapi import FastAPI
from loop import given

app = FastAPI()


@app.post("/things/{name}", status_code=201)
async def post(name: str) -> dict[str, str]:
    """Durable, done and told."""
    del name
    handle = await DBOS.start_workflow_async(three)
    await handle.get_result()
    return {"id": handle.workflow_id, "phase": "succeeded"}


@app.get("/things/{id}")
async def get(id: str) -> dict[str, str]:
    """Where it stands."""
    status = await DBOS.get_workflow_status_async(id)
    return {"id": id, "status": status.status if status else "UNKNOWN"}


async def main(url: str, stored: int = 100) -> None:
    """Fill, say where it is, serve."""
    launch(url)
    ended = [(await post(f"{number}"))["id"] for number in range(stored)]
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        config = uvicorn.Config(app, access_log=False, log_level="error")
        port = listener.getsockname()[1]
        print(json.dumps({"port": port, "paths": [f"/things/{id}" for id in ended]}), flush=True)
        await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    uvloop.run(main(**given()))
