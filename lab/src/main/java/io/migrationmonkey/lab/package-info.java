/** The demonstration: two migrations under load, and the receipt. */
@NullMarked
package io.migrationmonkey.lab;

import org.jspecify.annotations.NullMarked;
