"""nuxt-webhook-validators, a Nuxt module for several providers, accepts our signatures."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_node, they_take_what_we_sign

# A module for Nuxt, whose functions take a request of h3 and a configuration of Nuxt.
NUXT = """
    globalThis.runtimeConfig = { webhook: { PLACE: { KEY: secret } } };
    if (!globalThis.resolving) {
        const config = `export const useRuntimeConfig = () => globalThis.runtimeConfig`;
        const found = { url: 'data:text/javascript,' + encodeURIComponent(config), shortCircuit: true };
        const hook = `const found = ${JSON.stringify(found)};
            export const resolve = (name, at, next) => name === '#imports' ? found : next(name, at)`;
        require('node:module').register('data:text/javascript,' + encodeURIComponent(hook));
        globalThis.resolving = true;
    }
    const at = 'node_modules/nuxt-webhook-validators/dist/runtime/server/lib/validators/PLACE.js';
    const { FUNCTION } = await import(process.cwd() + '/' + at);
    const req = { method: 'POST', headers, clone: () => ({ text: async () => body }) };
    return await FUNCTION({ req, node: { req }, method: 'POST', headers: new Headers(headers) });
"""

NUXT_HAS = [
    ("dropbox", "appSecret", "isValidDropboxWebhook"),
    ("docusign", "secretKey", "isValidDocusignWebhook"),
    ("twitch", "secretKey", "isValidTwitchWebhook"),
    ("vercel", "secretKey", "isValidVercelWebhook"),
]


@pytest.mark.network
@interop(
    "dropbox",
    "docusign",
    "twitch",
    "vercel",
    by="nuxt-webhook-validators (npm, third party)",
)
@pytest.mark.parametrize(("name", "key", "function"), NUXT_HAS, ids=[name for name, _, _ in NUXT_HAS])
def test_nuxt_webhook_validators(name: str, key: str, function: str) -> None:
    script = NUXT.replace("PLACE", name).replace("KEY", key).replace("FUNCTION", function)
    they_take_what_we_sign(name, in_node(script))
