/** The management side: the route over REST and in the health endpoint. */
@NullMarked
package io.migrationmonkey.proxy.web;

import org.jspecify.annotations.NullMarked;
