/** What the terminal shows while the demonstration runs. */
@NullMarked
package io.migrationmonkey.lab.timeline;

import org.jspecify.annotations.NullMarked;
