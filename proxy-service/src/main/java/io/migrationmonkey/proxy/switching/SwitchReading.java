package io.migrationmonkey.proxy.switching;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What stood in Redis at one moment: all keys of the switch, read in one script.
 *
 * @param active the value of the switch, or null where it is missing
 * @param record the fields of the record; empty where it is missing
 * @param hold the migration that holds, or null
 * @param holdLeft what is left of the hold; negative where it has no time to live
 */
record SwitchReading(
    @Nullable String active, Map<String, String> record, @Nullable String hold, Duration holdLeft) {

  // One script, so that a flip is seen whole or not at all. A key of the wrong type reads as the
  // error's text, which is then refused like any other malformed value. The keys are arguments:
  // Redis
  // lets nobody hand a key to a script who may not write it, and a proxy may not.
  static final String SCRIPT =
      """
      local function text(reply)
        if type(reply) == 'table' and reply.err then return reply.err end
        return reply
      end
      local record = redis.pcall('HGETALL', ARGV[2])
      if record.err then record = {'error', record.err} end
      return {text(redis.pcall('GET', ARGV[1])), record, text(redis.pcall('GET', ARGV[3])),
        redis.call('PTTL', ARGV[3])}
      """;

  /** Reads what the script returned. */
  static SwitchReading of(List<Object> keys) {
    Map<String, String> record = new LinkedHashMap<>();
    List<?> fields = (List<?>) Objects.requireNonNull(keys.get(1));
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      record.put((String) fields.get(i), (String) fields.get(i + 1));
    }
    return new SwitchReading(
        (String) keys.get(0),
        record,
        (String) keys.get(2),
        Duration.ofMillis((Long) Objects.requireNonNull(keys.get(3))));
  }
}
