package io.migrationmonkey.access;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may use the service's REST.
 *
 * @param tokens the file of tokens, one a line: {@code ROLE NAME TOKEN}. Mode 0600; read again when
 *     it changes
 * @param openMetrics whether {@code /actuator/prometheus} needs no token
 */
@ConfigurationProperties("monkey.access")
public record AccessSettings(
    @DefaultValue("/etc/migration-monkey/tokens") Path tokens,
    @DefaultValue("false") boolean openMetrics) {}
