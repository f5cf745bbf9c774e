"""What the labelling page is given to show, made by the client; and what the client reads of the answers."""

import decimal

import toloka.client as tc
from making import a_pool, client
from toloka.client.project import field_spec as spec
from toloka.client.project.task_spec import TaskSpec

EVERY_INPUT = {
    "text": spec.StringSpec(),
    "place": spec.CoordinatesSpec(),
    "facts": spec.JsonSpec(),
    "adult": spec.BooleanSpec(required=False),
    "page": spec.UrlSpec(),
    "secret": spec.StringSpec(required=False, hidden=True),
}
EVERY_OUTPUT = {
    "kind": spec.StringSpec(allowed_values=["cat", "dog", "neither"]),
    "is_clear": spec.BooleanSpec(),
    "stars": spec.IntegerSpec(min_value=1, max_value=5),
    "colours": spec.ArrayStringSpec(allowed_values=["black", "white", "red"], min_size=1),
    "mood": spec.StringSpec(allowed_values=["calm", "wild"], required=False),
    "weight": spec.FloatSpec(min_value=0, max_value=100),
    "legs": spec.IntegerSpec(min_value=0, max_value=1000),
    "source": spec.UrlSpec(required=False),
    "comment": spec.StringSpec(max_length=2000, required=False),
    "names": spec.ArrayStringSpec(required=False),
}


def label_animals(url, token, images, suites, size, **terms):
    it = client(url, token)
    fields = TaskSpec(
        input_spec={"image": spec.UrlSpec()},
        output_spec={"result": spec.StringSpec(allowed_values=["cat", "dog", "neither of them"])},
        view_spec=tc.project.ClassicViewSpec(markup="<p/>"),
    )
    instructions = "<p>Look at the whole picture.</p><ul><li>Drawings count.</li><li>Toys do not.</li></ul>"
    pool = _pool(
        it,
        "Cats and dogs",
        "Which animal is in the picture?",
        fields,
        public_instructions=instructions,
        **terms,
    )
    within = [[f"{images}/{n * size + m}.svg" for m in range(size)] for n in range(suites)]
    made = [
        tc.TaskSuite(pool_id=pool.id, overlap=1, tasks=[tc.Task(input_values={"image": it}) for it in urls])
        for urls in within
    ]
    it.create_task_suites(made, open_pool=True)
    return {"pool": pool.id}


def label_everything(url, token, images):
    it = client(url, token)
    fields = TaskSpec(
        input_spec=EVERY_INPUT,
        output_spec=EVERY_OUTPUT,
        view_spec=tc.project.ClassicViewSpec(markup="<p/>"),
    )
    pool = _pool(it, "Everything", "Describe the animal that the text tells of. " * 4, fields)
    values = {
        "text": "A grey animal sits on the wall. <b>It does not look at us.</b>\nIt is said to be asleep.",
        "place": "55.75,37.61",
        "facts": {"age": 3, "names": ["Mimi", "Whiskers"]},
        "adult": False,
        "page": f"{images}/no-such-picture",
        "secret": "the answer is cat",
    }
    suite = tc.TaskSuite(pool_id=pool.id, overlap=1, tasks=[tc.Task(input_values=values)])
    it.create_task_suites([suite], open_pool=True)
    return {"pool": pool.id}


def label_answers(url, token, pool):
    found = client(url, token).get_assignments(pool_id=pool)
    return {
        "answers": [
            {
                "user": one.user_id,
                "status": one.status.value,
                "tasks": [task.input_values for task in one.tasks],
                "values": [_plain(it.output_values) for it in one.solutions or []],
            }
            for one in found
        ]
    }


def label_close(url, token, pool):
    client(url, token).close_pool(pool)
    return {}


def _plain(values):
    """The client reads numbers as decimals."""
    return {name: float(it) if isinstance(it, decimal.Decimal) else it for name, it in values.items()}


def _pool(it, name, description, fields, public_instructions="", **terms):
    project = it.create_project(
        tc.Project(
            public_name=name,
            public_description=description,
            public_instructions=public_instructions,
            assignments_issuing_type="AUTOMATED",
            task_spec=fields,
        )
    )
    return a_pool(it, project, **terms)
