"""FastAPI in front of Celery: a GET tells what became of a task, from the results in Redis.

It prints one line of JSON, where it is reached and which tasks have ended, and serves until it is killed.
"""

import json
import socket
import uuid

import uvicorn
import uvloop
from celery import Celery
from fastapi import FastAPI
from loop import given

app = FastAPI()
celery = Celery("bench")


@app.get("/things/{id}")
def get(id: str) -> dict[str, str]:
    """Where it stands; Celery's client blocks, so FastAPI asks in a thread."""
    return {"id": id, "status": celery.AsyncResult(id).status}


async def main(url: str, stored: int = 100) -> None:
    """Fill, say where it is, serve."""
    celery.conf.update(broker_url=url, result_backend=url)
    ended = [str(uuid.uuid4()) for _ in range(stored)]
    for id in ended:
        celery.backend.store_result(id, None, "SUCCESS")
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        config = uvicorn.Config(app, access_log=False, log_level="error")
        port = listener.getsockname()[1]
        print(json.dumps({"port": port, "paths": [f"/things/{id}" for id in ended]}), flush=True)
        await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    uvloop.run(main(**given()))
