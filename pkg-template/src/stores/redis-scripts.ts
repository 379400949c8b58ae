/** What a store in Redis runs there: each operation is one script. */

/** A script, which runs by its digest. */
export interface Script {
	readonly text: string;
	/** Its SHA-1 in hexadecimal digits, once it was needed. */
	digest?: Promise<string>;
}

/** What a script answers with texts of somebody else's behind it: Upstash's client reads JSON in them. */
export const MARK = ":";

/** How long records are kept that were written before they had a retention of their own: 7 days. */
const OLD_RETENTION_MS = 604_800_000;

/** How many entries of which something is missing one `take` passes over. */
const MOST_BROKEN = 1000;

/*
 * An unfinished entry of the inbox has its record in the hash `entries`, its payload in the hash
 * `payloads` and its due time in the sorted set `inbox` of its receiver: none of them expires, and
 * `take` needs no key whose name it cannot know. Every other record is a string of its own, `id:<name>`,
 * which Redis drops when it expires. A name is an id behind its receiver.
 *
 * An id alone as a name is one without a receiver, as a version wrote it that knew none: it belongs
 * to whoever asks.
 *
 * What was given up is done. Beside its record it has a letter in the hash `letters` (token, attempt, the
 * times of its death and of its first coming, then JSON), its payload, if it was an entry, in the hash
 * `kept`, and the expiry of both in the sorted set `dead`. They count only with the record of the same
 * token. All three keys expire after the last of what they hold.
 *
 * A record is a line: state (free, leased or done), hash, token or "-", attempt, due time, expiry,
 * retention, when it came first. Times are milliseconds since 1970 with microseconds behind the point. The hash is "-"
 * where the record was lost, and then any will do.
 */
const PRELUDE = `
local entries, payloads = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000

local function parse(line)
  local state, hash, token, attempt, due, expiry, retention, first =
    string.match(line, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) ?(%S*) ?(%S*)')
  return { state = state, hash = hash, token = token, attempt = tonumber(attempt),
    due = tonumber(due), expiry = tonumber(expiry), first = tonumber(first),
    retention = tonumber(retention) or ${OLD_RETENTION_MS} }
end

-- The record of an entry of the inbox. One that is lost begins anew while there is a payload.
local function readEntry(name)
  local line = redis.call('HGET', entries, name)
  if not line and redis.call('HEXISTS', payloads, name) == 1 then
    line = string.format('free - - 0 %.3f %.3f', now, now)
  end
  return line
end

local function write(record)
  local line = string.format('%s %s %s %d %.3f %.3f %.3f', record.state, record.hash, record.token,
    record.attempt, record.due, record.expiry, record.retention)
  if record.first then line = string.format('%s %.3f', line, record.first) end
  if record.queued then
    redis.call('HSET', entries, record.name, line)
    redis.call('ZADD', record.inbox, string.format('%.3f', record.due), record.name)
  else
    local rest = math.max(1, math.ceil(record.expiry - now))
    redis.call('SET', record.key, line, 'PX', string.format('%d', rest))
  end
end

local function lease(record, token, ms)
  local repeated = record.state == 'leased' and record.token == token
  if not repeated then record.attempt = record.attempt + 1 end
  record.state, record.token, record.due = 'leased', token, now + ms
  record.expiry = record.due + record.retention
  write(record)
end
`;

/** Reads the record of an id, its receiver's or one without. */
const READ = `
local id, name, token = ARGV[1], ARGV[2], ARGV[3]
local function read(name, inbox, key)
  local line = readEntry(name)
  local queued = line and true
  if not line then line = redis.call('GET', key) end
  if not line then return nil end
  local record = parse(line)
  record.queued, record.name, record.inbox, record.key = queued, name, inbox, key
  return record
end
local record = read(name, KEYS[3], KEYS[5])
if not record and name ~= id then record = read(id, KEYS[4], KEYS[6]) end
`;

/** Answers why a callback is not to be handled now, or goes on with its record, new or old. */
const ADMIT = `${READ}
local hash = ARGV[4]
record = record or { state = 'free', hash = hash, token = '-', attempt = 0, due = now,
  first = now, name = name, inbox = KEYS[3], key = KEYS[5] }
if record.hash ~= hash and record.hash ~= '-' then return { 'conflict' } end
if record.state == 'done' or record.queued then return { 'done' } end
if record.state == 'leased' and record.due > now and record.token ~= token then
  return { 'busy', math.ceil(record.due - now) }
end
record.hash, record.retention = hash, tonumber(ARGV[5])
`;

/** Answers 0 if the claim is no longer the newest, or goes on with its record. */
const OWN = `${READ}
if not record or record.token ~= token then return 0 end
`;

// The claim's own token does not make it busy: clients repeat a command whose reply they lost.
export const CLAIM: Script = {
	text: `${PRELUDE}${ADMIT}
lease(record, token, ARGV[6])
return { 'claimed', record.attempt }`,
};

export const ENQUEUE: Script = {
	text: `${PRELUDE}${ADMIT}
record.state, record.queued, record.due = 'free', true, now
record.expiry = now + record.retention
redis.call('DEL', record.key)
redis.call('HSET', payloads, record.name, ARGV[6])
write(record)
return { 'stored' }`,
};

const FINISH = `
local function finish(record)
  if record.queued then
    redis.call('ZREM', record.inbox, record.name)
    redis.call('HDEL', entries, record.name)
    redis.call('HDEL', payloads, record.name)
  end
  record.state, record.queued = 'done', false
  record.expiry = math.max(record.expiry, now + record.retention)
  write(record)
end
`;

export const COMPLETE: Script = {
	text: `${PRELUDE}${FINISH}${OWN}
if record.state == 'done' then return 1 end
finish(record)
return 1`,
};

export const RELEASE: Script = {
	text: `${PRELUDE}${OWN}
if record.state ~= 'leased' then return 0 end
record.state, record.due = 'free', now + ARGV[4]
record.attempt = record.attempt - ARGV[5]
write(record)
return 1`,
};

// Of an entry that has lost its record the payload is handed out all the same. One without a payload
// cannot be handled by anybody and is dropped: should its sender send it again, it is new.
export const TAKE: Script = {
	text: `${PRELUDE}
local function take(inbox)
  for _ = 1, ${MOST_BROKEN} do
    local name = redis.call('ZRANGEBYSCORE', inbox, '-inf', string.format('%.3f', now), 'LIMIT', 0, 1)[1]
    if not name then return nil end
    local payload = redis.call('HGET', payloads, name)
    if payload then
      local record = parse(readEntry(name))
      record.queued, record.name, record.inbox = true, name, inbox
      lease(record, ARGV[1], ARGV[2])
      return { '${MARK}' .. name, record.attempt, '${MARK}' .. payload }
    end
    redis.call('ZREM', inbox, name)
    redis.call('HDEL', entries, name)
  end
end
return take(KEYS[3]) or (KEYS[3] ~= KEYS[4] and take(KEYS[4])) or {}`,
};

/** What is told of a callback. */
const TELL = `
local function tell(name, status, attempt, first, ms, isEntry, letter, payload)
  return { '${MARK}' .. name, status, attempt, first and string.format('%.3f', now - first) or '-',
    string.format('%.3f', math.max(0, ms)) .. (isEntry and '+' or ' '), '${MARK}' .. (letter or ''),
    '${MARK}' .. (payload or '') }
end

local function tellEntry(name, line, payload)
  local record = parse(line)
  local status = record.state == 'leased' and record.due > now and 'leased' or 'waiting'
  return tell(name, status, record.attempt, record.first, record.due - now, true, nil, payload)
end

local function tellDead(name, text, isEntry, payload)
  local _, attempt, died, first, letter = string.match(text, '^(%S+) (%S+) (%S+) (%S+) (.*)$')
  return tell(name, 'dead', attempt, tonumber(first), now - died, isEntry, letter, payload)
end
`;

/** The keys of those that were given up, and the letter of a record if it is one of them. */
const DEAD = `
local dead, letters, kept = KEYS[7], KEYS[8], KEYS[9]
local function letterOf(record)
  if record.queued then return nil end
  local text = redis.call('HGET', letters, record.name)
  local isOwn = text and (not record.state or string.match(text, '^%S+') == record.token)
  local expiry = tonumber(redis.call('ZSCORE', dead, record.name) or 0)
  return isOwn and expiry > now and text or nil
end
local function forget(name)
  redis.call('ZREM', dead, name)
  redis.call('HDEL', letters, name)
  redis.call('HDEL', kept, name)
end
`;

export const BURY: Script = {
	text: `${PRELUDE}${FINISH}${OWN}${DEAD}
if record.state == 'done' then return 1 end
for _, name in ipairs(redis.call('ZRANGEBYSCORE', dead, '-inf', string.format('%.3f', now), 'LIMIT', 0, 100)) do
  forget(name)
end
local payload = record.queued and redis.call('HGET', payloads, record.name)
finish(record)
forget(record.name)
redis.call('ZADD', dead, string.format('%.3f', record.expiry), record.name)
redis.call('HSET', letters, record.name, string.format('%s %d %.3f %s %s', record.token, record.attempt, now,
  record.first and string.format('%.3f', record.first) or '-', ARGV[4]))
if payload then redis.call('HSET', kept, record.name, payload) end
local rest = math.max(1, math.ceil(record.expiry - now))
for _, key in ipairs({ dead, letters, kept }) do
  redis.call('PEXPIRE', key, string.format('%d', math.max(rest, redis.call('PTTL', key))))
end
return 1`,
};

export const LIST: Script = {
	text: `${PRELUDE}${TELL}
local dead, letters, kept = KEYS[3], KEYS[4], KEYS[5]
local limit, found = tonumber(ARGV[2]), {}
if ARGV[1] == 'dead' then
  for _, name in ipairs(redis.call('ZREVRANGEBYSCORE', dead, '+inf', string.format('(%.3f', now), 'LIMIT', 0, limit)) do
    local text = redis.call('HGET', letters, name)
    if text then table.insert(found, tellDead(name, text, redis.call('HEXISTS', kept, name) == 1)) end
  end
  return found
end
local cursor, seen = '0', {}
repeat
  local page = redis.call('HSCAN', entries, cursor, 'COUNT', limit)
  cursor = page[1]
  for at = 1, #page[2], 2 do
    local name = page[2][at]
    if #found < limit and not seen[name] then
      seen[name] = true
      table.insert(found, tellEntry(name, page[2][at + 1]))
    end
  end
until cursor == '0' or #found >= limit
return found`,
};

/** Goes on with a record, or with what is left of one that was given up and whose record was lost. */
const FIND = `${READ}${DEAD}
record = record or { hash = '-', token = '-', name = name, inbox = KEYS[3], key = KEYS[5],
  expiry = now, retention = ${OLD_RETENTION_MS} }
local letter = letterOf(record)
local isHeld = record.state == 'leased' and record.due > now
`;

export const GET: Script = {
	text: `${PRELUDE}${TELL}${FIND}
if record.queued then
  return tellEntry(record.name, readEntry(record.name), redis.call('HGET', payloads, record.name))
end
if not letter then return {} end
local payload = redis.call('HGET', kept, record.name)
return tellDead(record.name, letter, payload, payload)`,
};

export const RETRY: Script = {
	text: `${PRELUDE}${FIND}
if record.queued then
  if isHeld then return 0 end
  record.due = math.min(record.due, now)
  write(record)
  return 1
end
if not letter then return 0 end
local payload = redis.call('HGET', kept, record.name)
forget(record.name)
record.state, record.token, record.attempt, record.due = 'free', '-', 0, now
if payload then
  record.queued = true
  redis.call('DEL', record.key)
  redis.call('HSET', payloads, record.name, payload)
end
write(record)
return 1`,
};

export const DROP: Script = {
	text: `${PRELUDE}${FINISH}${FIND}
if letter then
  forget(record.name)
  return 1
end
if not record.queued or isHeld then return 0 end
record.token = '-'
finish(record)
return 1`,
};
