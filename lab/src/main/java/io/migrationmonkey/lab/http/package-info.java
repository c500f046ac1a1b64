/** HTTP/1.1 as a strict user sees it: no silent retry, no forgiven truncation. */
@NullMarked
package io.migrationmonkey.lab.http;

import org.jspecify.annotations.NullMarked;
