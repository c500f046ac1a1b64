package io.migrationmonkey.migrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.migrationmonkey.contract.RedisWithUsers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every user of Redis is tried with every command that writes, on every key of ours. */
class RedisUsersIT {

  private static final Path PAGE = Path.of("..", "docs", "security.md");
  private static final String BEGIN = "<!-- redis-users: written by RedisUsersIT -->\n";
  private static final String END = "<!-- redis-users: end -->";

  /** One key for each kind there is, and one of somebody else's. */
  private static final List<String> KEYS =
      List.of(
          "switch",
          "switch:record",
          "switch:hold",
          "proxy:report:p1",
          "monitor:report:production",
          "monitor:report:backup",
          "application:report:production",
          "migrations",
          "migrations:unfinished",
          "migration:m1:journal",
          "migration:m1:aborted",
          "migration:lease",
          "migration:token",
          "migration:pause",
          "migration:events",
          "migration:order:k",
          "server:production:fenced",
          "parity:reading",
          "another");

  @TempDir static Path directory;
  private static RedisWithUsers redis;
  private static RedisClient client;

  private record Command(String name, int arity) {}

  @BeforeAll
  static void start() {
    redis = RedisWithUsers.started(directory);
    client = RedisClient.create();
  }

  @AfterAll
  static void stop() {
    client.shutdown();
    redis.close();
  }

  @Test
  void eachUserMayDoWithEachKeyWhatTheTableSaysAndNothingElse() throws Exception {
    List<Command> writing = writing();
    assertThat(writing).hasSizeGreaterThan(100);
    Map<String, Map<String, String>> table = new TreeMap<>();
    List<String> users =
        RedisWithUsers.names().stream().filter(user -> !user.equals("admin")).toList();
    int tried = 0;
    int refused = 0;
    for (String key : KEYS) {
      for (String user : users) {
        RedisCommands<String, String> commands = as(user);
        List<String> taken = new ArrayList<>();
        for (Command command : writing) {
          tried++;
          if (mayCall(commands, command, key)) {
            taken.add(command.name());
          } else {
            refused++;
          }
        }
        boolean reads = mayCall(commands, new Command("get", 2), key);
        // HGET for the guard, EXISTS and the like for others: none of them without the key.
        table
            .computeIfAbsent(key, _ -> new TreeMap<>())
            .put(user, (reads ? "reads" : "") + (taken.isEmpty() ? "" : " writes"));
        commands.getStatefulConnection().close();
      }
    }
    assertThat(table.get("switch"))
        .containsEntry("proxy", "reads")
        .containsEntry("monitor-production", "reads")
        .containsEntry("monitor-backup", "reads")
        .containsEntry("guard", "reads")
        .containsEntry("person", "reads writes")
        .containsEntry("migrator", "reads writes");
    for (String key : List.of("switch:record", "switch:hold", "migration:m1:journal")) {
      assertThat(table.get(key))
          .allSatisfy((user, may) ->
              assertThat(may.contains("writes"))
                  .as(user + " and " + key)
                  .isEqualTo(user.equals("migrator")));
    }
    assertThat(table.get("another").values()).containsOnly("", "reads");
    compare(page(users, table, tried, refused));
  }

  @Test
  void nobodyButTheAdministratorDoesWhatConcernsAllOfRedis() throws Exception {
    List<Command> dangerous = commands("dangerous");
    for (String user : RedisWithUsers.names()) {
      if (!user.equals("admin")) {
        RedisCommands<String, String> commands = as(user);
        for (Command command : dangerous) {
          if (!command.name().equals("info")) {
            assertThat(mayCall(commands, command, "another"))
                .as(user + " and " + command.name())
                .isFalse();
          }
        }
        commands.getStatefulConnection().close();
      }
    }
  }

  @Test
  void aScriptGivesNobodyMoreThanHeHas() {
    as("admin").del("switch");
    for (String user : List.of("proxy", "monitor-production", "monitor-backup")) {
      RedisCommands<String, String> commands = as(user);
      for (String script :
          List.of(
              "return redis.call('SET', ARGV[1], 'true')",
              "return redis.pcall('SET', ARGV[1], 'true')",
              "return redis.call('EVAL', \"return redis.call('SET', 'switch', 'true')\", 0)")) {
        assertThatExceptionOfType(RedisCommandExecutionException.class)
            .as(user)
            .isThrownBy(
                () -> commands.eval(script, ScriptOutputType.STATUS, new String[0], "switch"));
      }
      commands.getStatefulConnection().close();
    }
    assertThat(as("admin").exists("switch")).isZero();
  }

  @Test
  void aWrongPasswordAndNoneGetNothing() {
    for (String uri :
        List.of(
            redis.uri("proxy").replace("password-of-proxy", "password-of-prox"),
            redis.uri("proxy").replace("proxy:password-of-proxy@", ""))) {
      assertThatExceptionOfType(RuntimeException.class)
          .isThrownBy(() -> client.connect(RedisURI.create(uri)).sync().get("switch"));
    }
  }

  private static RedisCommands<String, String> as(String user) {
    return client.connect(RedisURI.create(redis.uri(user))).sync();
  }

  private static List<Command> writing() {
    return commands("write");
  }

  /** Of that category, as Redis itself has them: a new version's new commands are tried too. */
  private static List<Command> commands(String category) {
    RedisCommands<String, String> admin = as("admin");
    List<Object> names = call(admin, "COMMAND", List.of("LIST", "FILTERBY", "ACLCAT", category));
    List<Command> commands = new ArrayList<>();
    for (Object name : names) {
      List<?> about = (List<?>) call(admin, "COMMAND", List.of("INFO", name.toString())).getFirst();
      commands.add(new Command(name.toString(), ((Long) about.get(1)).intValue()));
    }
    admin.getStatefulConnection().close();
    return commands;
  }

  /**
   * Sends it for real, with the key wherever there is room for one. Whatever Redis says, unless
   * that this user may not, means that he may.
   */
  private static boolean mayCall(
      RedisCommands<String, String> commands, Command command, String key) {
    String[] words = command.name().split("\\|");
    List<String> arguments = new ArrayList<>(List.of(words).subList(1, words.length));
    while (arguments.size() + 1 < Math.abs(command.arity())) {
      arguments.add(key);
    }
    try {
      call(commands, words[0].toUpperCase(Locale.ROOT), arguments);
      return true;
    } catch (RedisCommandExecutionException e) {
      String said = String.valueOf(e.getMessage());
      // MODULE and DEBUG are off for everybody, and that is asked first.
      return !said.startsWith("NOPERM") && !said.contains("command not allowed");
    }
  }

  private static List<Object> call(
      RedisCommands<String, String> commands, String name, List<String> arguments) {
    ProtocolKeyword keyword =
        new ProtocolKeyword() {
          @Override
          public byte[] getBytes() {
            return name.getBytes(StandardCharsets.US_ASCII);
          }

          @Override
          public String toString() {
            return name;
          }
        };
    CommandArgs<String, String> all = new CommandArgs<>(StringCodec.UTF8);
    arguments.forEach(all::add);
    return commands.dispatch(keyword, new NestedMultiOutput<>(StringCodec.UTF8), all);
  }

  private static String page(
      List<String> users, Map<String, Map<String, String>> table, int tried, int refused) {
    StringBuilder page = new StringBuilder();
    page.append("\n| key | ").append(String.join(" | ", users)).append(" |\n|---|");
    page.append("---|".repeat(users.size())).append('\n');
    for (String key : KEYS) {
      page.append("| `").append(key).append("` |");
      for (String user : users) {
        String may = table.get(key).get(user).strip().replace(" ", ", ");
        page.append(' ').append(may.isEmpty() ? "refused" : may).append(" |");
      }
      page.append('\n');
    }
    page.append("\n%d tries with commands that write, %d refused.\n\n".formatted(tried, refused));
    return page.toString();
  }

  /** With -Ddocs.write=true it writes the page anew. */
  private static void compare(String table) throws Exception {
    String text = Files.readString(PAGE);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END);
    assertThat(end).as("the marks in docs/security.md").isGreaterThanOrEqualTo(begin);
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, text.substring(0, begin) + table + text.substring(end));
    } else {
      // How many commands write is Redis' own business, and other in another version.
      assertThat(withoutFigures(text.substring(begin, end)))
          .as("docs/security.md is as it was: run this test with -Ddocs.write=true")
          .isEqualTo(withoutFigures(table));
    }
  }

  private static String withoutFigures(String table) {
    return table.replaceAll("\\d+ tries with commands that write, \\d+ refused", "");
  }
}
