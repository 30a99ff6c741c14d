"""Asks a server of the Open Inference Protocol all that tritonclient can ask, and prints what it answered.

stdin: {"url": host:port, "model", "version", "rows": [...], "id"}; stdout: one JSON object.
"""
import json
import sys

import numpy as np
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

asked = json.load(sys.stdin)
model, version, rows = asked["model"], asked["version"], asked["rows"]
client = InferenceServerClient(asked["url"], connection_timeout=60, network_timeout=60)
metadata = client.get_model_metadata(model)


def values(name, datatype):
    column = [row.get(name) for row in rows]
    if all(value is None for value in column):
        return None
    if datatype == "FP64":
        return np.array([np.nan if value is None else value for value in column], dtype=np.float64)
    return np.array(column, dtype={"INT64": np.int64, "BOOL": np.bool_, "BYTES": np.object_}[datatype])


def inputs(binary):
    given = []
    for tensor in metadata["inputs"]:
        array = values(tensor["name"], tensor["datatype"])
        if array is None:
            continue
        missing = tensor["datatype"] == "FP64" and bool(np.isnan(array).any())
        given.append(InferInput(tensor["name"], array.shape, tensor["datatype"]))
        given[-1].set_data_from_numpy(array, binary_data=binary or missing)  # JSON has no NaN
    return given


def infer(binary, outputs=None, **more):
    result = client.infer(model, inputs(binary), outputs=outputs, request_id=asked["id"], **more)
    response = result.get_response()
    return {
        "id": response["id"],
        "version": response["model_version"],
        "predictionId": response["parameters"]["prediction_id"],
        "outputs": {
            output["name"]: {
                "datatype": output["datatype"],
                "data": [
                    value.decode() if isinstance(value, bytes) else value
                    for value in result.as_numpy(output["name"]).tolist()
                ],
            }
            for output in response["outputs"]
        },
    }


def refusal(ask):
    try:
        ask()
    except InferenceServerException as error:
        return {"status": error.status(), "message": error.message()}
    return None


def wrong(name, datatype, array):
    given = [tensor for tensor in inputs(True) if tensor.name() != name]
    given.append(InferInput(name, array.shape, datatype))
    given[-1].set_data_from_numpy(array)
    return refusal(lambda: client.infer(model, given))


names = [output["name"] for output in metadata["outputs"]]
number = next(tensor["name"] for tensor in metadata["inputs"] if tensor["datatype"] == "FP64")
print(json.dumps({
    "live": client.is_server_live(),
    "ready": client.is_server_ready(),
    "modelReady": client.is_model_ready(model),
    "versionReady": client.is_model_ready(model, str(version)),
    "unknownReady": [client.is_model_ready("no-such-model"), client.is_model_ready(model, "999999")],
    "server": client.get_server_metadata(),
    "model": metadata,
    "versionsOfPinned": client.get_model_metadata(model, str(version))["versions"],
    "answers": {
        "binary": infer(True),
        "json": infer(False, [InferRequestedOutput(name, binary_data=False) for name in names]),
        "mixed": infer(False, [InferRequestedOutput(name, binary_data=index % 2 == 0) for index, name in enumerate(names)]),
        "gzip": infer(True, request_compression_algorithm="gzip", response_compression_algorithm="gzip"),
        "deflate": infer(False, request_compression_algorithm="deflate"),
        "pinned": infer(True, model_version=str(version)),
        "concurrent": client.async_infer(model, inputs(True)).get_result().as_numpy(names[0]).tolist(),
    },
    "refusals": {
        "model": refusal(lambda: client.infer("no-such-model", inputs(True))),
        "version": refusal(lambda: client.get_model_metadata(model, "999999")),
        "input": wrong("no_such_column", "FP64", np.zeros(len(rows))),
        "datatype": wrong(number, "BYTES", np.array(["x"] * len(rows), dtype=np.object_)),
        "value": wrong(number, "FP64", np.full(len(rows), np.inf)),
        "output": refusal(lambda: client.infer(model, inputs(True), outputs=[InferRequestedOutput("no_such_output")])),
        "classification": refusal(lambda: client.infer(model, inputs(True), outputs=[InferRequestedOutput(names[0], class_count=2)])),
    },
}))
