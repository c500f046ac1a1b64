/** Carries HTTP/1.1 between clients and the active server, on Netty. */
@NullMarked
package io.migrationmonkey.proxy.forwarding;

import org.jspecify.annotations.NullMarked;
