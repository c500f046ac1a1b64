/** The monitor as a process, and what can happen to it and around it. */
package io.migrationmonkey.monitor.disturbed;
