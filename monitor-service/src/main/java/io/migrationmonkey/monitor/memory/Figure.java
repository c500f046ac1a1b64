package io.migrationmonkey.monitor.memory;

/**
 * One figure, and where it was read.
 *
 * @param source a file, and the line in it
 */
public record Figure(long value, String source) {}
