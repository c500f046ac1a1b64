/** The running stack from outside: its ports, its containers, its switch, its migrations. */
@NullMarked
package io.migrationmonkey.lab.stack;

import org.jspecify.annotations.NullMarked;
