/** What a service says of its own REST interface. */
@NullMarked
package io.migrationmonkey.api;

import org.jspecify.annotations.NullMarked;
