package io.migrationmonkey.migrator.ssh;

import com.hierynomus.sshj.key.KeyAlgorithms;
import com.hierynomus.sshj.transport.cipher.BlockCiphers;
import com.hierynomus.sshj.transport.cipher.GcmCiphers;
import com.hierynomus.sshj.transport.kex.DHGroups;
import com.hierynomus.sshj.transport.kex.ExtInfoClientFactory;
import com.hierynomus.sshj.transport.mac.Macs;
import java.util.List;
import net.schmizz.keepalive.KeepAliveProvider;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.common.SecurityUtils;
import net.schmizz.sshj.transport.kex.Curve25519SHA256;

/**
 * What we offer to a server: current algorithms that the JDK's own crypto is fast at. ECDSA keys
 * need BouncyCastle in sshj, so there are none.
 */
final class SshjConfig extends DefaultConfig {

  static {
    SecurityUtils.setRegisterBouncyCastle(false);
  }

  SshjConfig() {
    setLoggerFactory(new SshjLoggers());
    // Asks for an answer, so that a dead server is noticed; the default only says something.
    setKeepAliveProvider(KeepAliveProvider.KEEP_ALIVE);
  }

  @Override
  protected void initKeyExchangeFactories() {
    setKeyExchangeFactories(
        new Curve25519SHA256.Factory(),
        new Curve25519SHA256.FactoryLibSsh(),
        DHGroups.Group16SHA512(),
        DHGroups.Group14SHA256(),
        new ExtInfoClientFactory());
  }

  @Override
  protected void initKeyAlgorithms() {
    setKeyAlgorithms(
        List.of(KeyAlgorithms.EdDSA25519(), KeyAlgorithms.RSASHA512(), KeyAlgorithms.RSASHA256()));
  }

  @Override
  protected void initCipherFactories() {
    setCipherFactories(
        GcmCiphers.AES128GCM(),
        GcmCiphers.AES256GCM(),
        BlockCiphers.AES128CTR(),
        BlockCiphers.AES256CTR());
  }

  @Override
  protected void initMACFactories() {
    setMACFactories(
        Macs.HMACSHA2256Etm(), Macs.HMACSHA2512Etm(), Macs.HMACSHA2256(), Macs.HMACSHA2512());
  }
}
