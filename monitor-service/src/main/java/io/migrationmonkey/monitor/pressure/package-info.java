/** Judges readings: pure, knows no clock, no network and no framework. */
@NullMarked
package io.migrationmonkey.monitor.pressure;

import org.jspecify.annotations.NullMarked;
