/** How every service treats its settings: what is wrong is refused at the start, in words. */
@NullMarked
package io.migrationmonkey.settings;

import org.jspecify.annotations.NullMarked;
