package io.migrationmonkey.lab.stack;

import io.migrationmonkey.contract.ServerName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The containers of one compose project, found by their labels: names differ between compose 1.29
 * and v2.
 */
public final class Containers {

  private final String project;

  public Containers(String project) {
    this.project = project;
  }

  /**
   * The container's name.
   *
   * @throws IOException when the project has no such container, or more than one
   */
  public String name(String service) throws IOException, InterruptedException {
    List<String> names =
        Command.of(
                "docker",
                "ps",
                "--all",
                "--filter",
                "label=com.docker.compose.project=" + project,
                "--filter",
                "label=com.docker.compose.service=" + service,
                "--filter",
                "label=com.docker.compose.oneoff=False",
                "--format",
                "{{.Names}}")
            .run()
            .lines()
            .toList();
    if (names.size() != 1) {
      throw new IOException(
          "the compose project '%s' has %d containers of the service '%s', and should have one"
              .formatted(project, names.size(), service));
    }
    return names.getFirst();
  }

  /** Runs a command in a container and returns what it wrote. */
  public String exec(String service, String... words) throws IOException, InterruptedException {
    return execWithin(Duration.ofSeconds(30), service, words);
  }

  /** Runs a command that may take its time in a container. */
  public String execWithin(Duration timeout, String service, String... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker", "exec", name(service)));
    command.addAll(List.of(words));
    return new Command(timeout, command).run();
  }

  /**
   * Plays the playbook again, as the stack's own provisioning did, for one of the applications that
   * its inventory knows.
   *
   * @param on where the application starts its life
   */
  public void provision(String application, ServerName on)
      throws IOException, InterruptedException {
    String provisioning = name("provisioning");
    String about =
        Command.of(
                "docker",
                "inspect",
                "--format",
                "{{.Image}} {{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}",
                provisioning)
            .run();
    String[] words = about.strip().split(" +");
    Command.of(
            "docker",
            "run",
            "--rm",
            "--volumes-from",
            provisioning,
            "--network",
            words[1],
            "--env",
            "MONKEY_APPLICATION=" + application,
            "--env",
            "MONKEY_STARTS_ON=" + on,
            words[0])
        .within(Duration.ofMinutes(5))
        .run();
  }

  public void stop(String service) throws IOException, InterruptedException {
    Command.of("docker", "stop", name(service)).within(Duration.ofSeconds(60)).run();
  }

  public void start(String service) throws IOException, InterruptedException {
    Command.of("docker", "start", name(service)).within(Duration.ofSeconds(60)).run();
  }

  /** Ends it with SIGKILL: it can't say good-bye. */
  public void kill(String service) throws IOException, InterruptedException {
    Command.of("docker", "kill", "--signal", "KILL", name(service)).run();
  }

  /** What {@code redis-cli get switch} says. */
  public String switchValue() throws IOException, InterruptedException {
    return exec("redis", "redis-cli", "get", "switch").strip();
  }

  /** Of the running kernel, as the server itself says. */
  public String bootId(ServerName server) throws IOException, InterruptedException {
    return exec(server.toString(), "cat", "/proc/sys/kernel/random/boot_id").strip();
  }

  /** How many packages dpkg holds for installed; those that left only settings don't count. */
  public int packages(ServerName server) throws IOException, InterruptedException {
    Stream<String> states =
        exec(server.toString(), "dpkg-query", "-W", "-f", "${db:Status-Status}\n").lines();
    return (int) states.filter(state -> state.equals("installed")).count();
  }
}
