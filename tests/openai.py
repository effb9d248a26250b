"""OpenAI's client for Python against a running server with the reciting model (tests/it/recital.rs):
`OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=emt_... python openai.py`."""

import json
import sys

# This file has the name of the package it tests.
sys.path.pop(0)

import openai  # noqa: E402

MODEL, ENCODER = "recital", "electromart-encoder"
NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEXT = json.dumps({"numbers": NUMBERS})
client = openai.OpenAI()


def ask(**fields):
    fields = {"model": MODEL, "temperature": 0, "messages": [{"role": "user", "content": "hello"}], **fields}
    return client.chat.completions.create(**fields)


def models_are_listed():
    assert [model.id for model in client.models.list()] == [MODEL, ENCODER]
    assert client.models.retrieve(ENCODER).id == ENCODER


def a_completion_whole():
    answer = ask()
    choice = answer.choices[0]
    assert (choice.message.content, choice.finish_reason, answer.usage.completion_tokens) == (TEXT, "stop", 11), answer
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 11
    assert answer._request_id


def a_completion_streamed():
    chunks = list(ask(stream=True, stream_options={"include_usage": True}))
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert "".join(pieces) == TEXT and len(pieces) >= 5, pieces
    assert chunks[-2].choices[0].finish_reason == "stop" and chunks[-1].usage.completion_tokens == 11, chunks[-2:]


def stop_and_length():
    for fields, content, reason in [
        ({"stop": ', "three"'}, '{"numbers": ["one", "two"', "stop"),
        ({"stop": ["never", ', "two']}, '{"numbers": ["one"', "stop"),
        ({"max_tokens": 2}, '{"numbers": ["one"', "length"),
    ]:
        choice = ask(**fields).choices[0]
        assert (choice.message.content, choice.finish_reason) == (content, reason), (fields, choice)


def the_same_seed_says_the_same():
    first, again, other = (ask(seed=seed, temperature=1.2, max_tokens=40).choices[0].message.content for seed in (1, 1, 2))
    assert first == again != other


def response_format():
    free = ask(response_format={"type": "json_object"})
    assert json.loads(free.choices[0].message.content) == {"numbers": NUMBERS}
    schema = {"type": "object", "properties": {"size": {"enum": ["small"]}}, "required": ["size"], "additionalProperties": False}
    strict = ask(response_format={"type": "json_schema", "json_schema": {"name": "sizes", "strict": True, "schema": schema}})
    assert json.loads(strict.choices[0].message.content) == {"size": "small"}


def embeddings_packed_and_plain():
    texts = ["a cheap laptop", "my parcel is late"]
    packed = client.embeddings.create(model=ENCODER, input=texts)
    plain = client.embeddings.create(model=ENCODER, input=texts, encoding_format="float")
    for one, other in zip(packed.data, plain.data, strict=True):
        assert len(one.embedding) == 384
        assert max(abs(a - b) for a, b in zip(one.embedding, other.embedding, strict=True)) < 1e-6
    assert packed.usage.prompt_tokens == plain.usage.prompt_tokens > 0


def errors_are_the_clients_own():
    stranger = openai.OpenAI(api_key="sk-nobody")
    for wanted, param, request in [
        (openai.NotFoundError, "model", lambda: ask(model="gpt-4o")),
        (openai.BadRequestError, "n", lambda: ask(n=2)),
        (openai.BadRequestError, "logprobs", lambda: ask(logprobs=True, stream=True)),
        (openai.AuthenticationError, None, lambda: stranger.models.list()),
    ]:
        try:
            request()
        except wanted as error:
            assert error.param == param and error.request_id, (error.param, error)
        else:
            raise AssertionError(f"{wanted.__name__} was not raised")


failed = 0
for check in (
    models_are_listed,
    a_completion_whole,
    a_completion_streamed,
    stop_and_length,
    the_same_seed_says_the_same,
    response_format,
    embeddings_packed_and_plain,
    errors_are_the_clients_own,
):
    try:
        check()
        print(f"ok   {check.__name__}")
    except Exception as error:  # every check is told, whatever broke it
        failed += 1
        print(f"FAIL {check.__name__}: {type(error).__name__}: {error}")
print(f"{failed} checks failed" if failed else f"all checks passed with openai {openai.__version__}")
sys.exit(1 if failed else 0)
