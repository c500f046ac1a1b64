/** Where requests go now: the gate that grants, holds and counts them, and the report about it. */
@NullMarked
package io.migrationmonkey.proxy.routing;

import org.jspecify.annotations.NullMarked;
