/** What people and Prometheus see of this monitor. */
@NullMarked
package io.migrationmonkey.monitor.web;

import org.jspecify.annotations.NullMarked;
