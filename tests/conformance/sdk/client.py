"""Sends one message with the Anthropic SDK for Python and says how it went, as one line of JSON."""

import json
import os
import sys

import anthropic

result = {"base_url": None, "error": None}
try:
    client = anthropic.Anthropic(max_retries=0, timeout=10)
    result["base_url"] = str(client.base_url)
    if "api.anthropic.com" in result["base_url"]:
        client.base_url = os.environ["OBSERVE_SERVER"]  # the request stays on this machine
    client.messages.create(model="m", max_tokens=1, messages=[{"role": "user", "content": "hi"}])
except Exception as error:
    result["error"] = type(error).__name__
json.dump(result, sys.stdout)
