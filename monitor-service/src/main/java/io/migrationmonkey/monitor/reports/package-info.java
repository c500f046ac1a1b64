/** Tells Redis what this server looks like, and reads there which server is active. */
@NullMarked
package io.migrationmonkey.monitor.reports;

import org.jspecify.annotations.NullMarked;
