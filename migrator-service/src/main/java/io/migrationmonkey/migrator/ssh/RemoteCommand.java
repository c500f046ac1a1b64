package io.migrationmonkey.migrator.ssh;

/**
 * Says what to run on a server, and reads what came back. One remote command is one type.
 *
 * @param <T> what the command answers
 */
public interface RemoteCommand<T> {

  Invocation invocation();

  /**
   * Reads the output of a command that ended with an accepted exit code.
   *
   * @throws MalformedOutput where the output is not what this command prints
   */
  T parse(Output output);
}
