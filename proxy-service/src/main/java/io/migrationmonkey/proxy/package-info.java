/** The proxy: all of the application's traffic, always to the active server. */
@NullMarked
package io.migrationmonkey.proxy;

import org.jspecify.annotations.NullMarked;
