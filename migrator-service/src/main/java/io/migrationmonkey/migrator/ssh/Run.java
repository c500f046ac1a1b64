package io.migrationmonkey.migrator.ssh;

/** Any command whose answer is just what it wrote to standard output, which may be nothing. */
public record Run(Invocation invocation) implements RemoteCommand<String> {

  @Override
  public String parse(Output output) {
    return output.stdout();
  }
}
