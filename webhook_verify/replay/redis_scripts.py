"""The Lua scripts of the Redis stores. `webhook_verify.replay.redis` describes records."""

from __future__ import annotations

from hashlib import sha1

__all__ = ["CLAIM", "COMPLETE", "EXTEND", "RELEASE", "Script"]


class Script:
    """A script, and the hash under which the server caches it after its first run.

    Args:
        text: The text of the script, in Lua.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha: str = sha1(text.encode(), usedforsecurity=False).hexdigest()


# Numbers are formatted with %.0f, because Lua's default format rounds microseconds to 14 digits.
# From the second attempt on, a tab and the attempt number follow the token. A released record has the token
# "-".
CLAIM = Script("""
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local found = redis.call('GET', KEYS[1])
local result, attempt = 0, 1
if found then
  local ends, token, attempts = string.match(found, '^(%d+) ([^\t]+)\t?(%d*)$')
  if ends == '0' then return {-2, 0} end
  attempt = tonumber(attempts) or 1
  if token ~= ARGV[1] then
    if ends - now > 0 then return {ends - now, 0} end
    if token ~= '-' then result = -1 end
    attempt = attempt + 1
  end
end
local record = string.format('%.0f %s', now + ARGV[2], ARGV[1])
if attempt > 1 then record = record .. '\t' .. attempt end
redis.call('SET', KEYS[1], record, 'PX', ARGV[3])
return {result, attempt}
""")

EXTEND = Script("""
local found = redis.call('GET', KEYS[1])
if not found then return 0 end
local ends, token, attempts = string.match(found, '^(%d+) ([^\t]+)(\t?%d*)$')
if ends == '0' or token ~= ARGV[1] then return 0 end
local now = redis.call('TIME')
ends = now[1] * 1000000 + now[2] + ARGV[2]
local kept = math.max(redis.call('PTTL', KEYS[1]), math.ceil(ARGV[2] / 1000))
redis.call('SET', KEYS[1], string.format('%.0f %s%s', ends, token, attempts), 'PX', kept)
return 1
""")

COMPLETE = Script("""
local found = redis.call('GET', KEYS[1])
if found then
  local token = string.match(found, '^%d+ ([^\t]+)')
  if token ~= ARGV[1] and token ~= '-' then return 0 end
end
redis.call('SET', KEYS[1], '0 ' .. ARGV[1], 'PX', ARGV[2])
return 1
""")

RELEASE = Script("""
local found = redis.call('GET', KEYS[1])
if not found then return 0 end
local ends, token, attempts = string.match(found, '^(%d+) ([^\t]+)\t?(%d*)$')
if ends == '0' or token ~= ARGV[1] then return 0 end
local kept = math.max(1, math.min(redis.call('PTTL', KEYS[1]), tonumber(ARGV[2])))
redis.call('SET', KEYS[1], '1 -\t' .. (tonumber(attempts) or 1), 'PX', kept)
return 1
""")
