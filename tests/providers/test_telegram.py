"""Telegram: grammY accepts our deliveries."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.samples import SAMPLES

GRAMMY = """
const { Bot, webhookCallback } = require('grammy');
const botInfo = { id: 42, is_bot: true, first_name: 'Test', username: 'test_bot' };
const bot = new Bot('42:TEST', { botInfo });
const texts = [];
bot.on('message:text', context => { texts.push(context.message.text); });
const handle = webhookCallback(bot, 'std/http', { secretToken: given.token });
const statuses = [];
for (const headers of given.headers) {
  const request = new Request('https://bot.example/', { method: 'POST', headers, body: given.body });
  statuses.push((await handle(request)).status);
}
return { statuses, texts };
"""


@pytest.mark.network
@interop("telegram", by="grammy (npm)")
def test_grammy_takes_what_we_send() -> None:
    message = b'{"message_id": 1, "date": 1441645532, "chat": {"id": 1, "type": "private"}, "text": "/start"}'
    body = b'{"update_id": 10000, "message": %b}' % message
    sample = SAMPLES["telegram"]
    sent = [sample.signer(secret).sign(body) for secret in (sample.secret, sample.other_secret)]

    answer = node(GRAMMY, {"token": sample.secret, "body": body.decode(), "headers": [*sent, {}]})

    assert answer == {"statuses": [200, 401, 401], "texts": ["/start"]}
    assert sample.verifier().verify(body, sent[0]).id == "10000"
