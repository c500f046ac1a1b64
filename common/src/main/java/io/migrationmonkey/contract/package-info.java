/**
 * What two of the services say to each other, by Redis or by REST, and nothing else.
 *
 * <p>A type enters this package when a second service speaks it. It knows no service.
 */
@NullMarked
package io.migrationmonkey.contract;

import org.jspecify.annotations.NullMarked;
