package io.migrationmonkey.migrator.ssh;

/**
 * What a command left behind. A command that a signal ended has the exit code that a shell would
 * give it, 128 and the signal's number.
 */
public record Output(int exitCode, String stdout, String stderr) {}
