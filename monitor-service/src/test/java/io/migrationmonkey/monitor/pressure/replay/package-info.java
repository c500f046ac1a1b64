/** Traces of memory with the right answer for each, and rules that are held against them. */
package io.migrationmonkey.monitor.pressure.replay;
