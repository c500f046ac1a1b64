package io.migrationmonkey.migrator.steps;

import static io.migrationmonkey.migrator.steps.DataPair.data;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.migrationmonkey.migrator.application.DataSet;
import io.migrationmonkey.migrator.application.DataSettings;
import io.migrationmonkey.migrator.application.DigestData;
import io.migrationmonkey.migrator.application.LearnData;
import io.migrationmonkey.migrator.application.Ownership;
import io.migrationmonkey.migrator.application.Priority;
import io.migrationmonkey.migrator.journal.JournalEntry.Fact;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data from one real Debian server to another one, through the steps that a migration takes. */
class DataTransferIT {

  /** Everything that a file name may be, and everything that a file may be. */
  private static final String HOSTILE =
      """
      mkdir -p /srv/hostile/deep/er && cd /srv/hostile
      cat >/root/names.py <<'PY'
      import os
      names = [b"a space", b"it's", b'"double"', b"new\\nline", b"-rf", b"--delete", b"$(touch executed)",
               b"`touch executed`", b"; touch executed", b"$HOME", b"$$", b"%s%n", b"\\xc3\\xa4\\xe6\\x97\\xa5",
               b"\\xff\\xfe invalid", b"tab\\there", b"*", b"[a-z]", b"back\\\\slash", b"\\\\#012", b" leading", b"trailing ",
               b"#comment", b";semi", b"x" * 255, b"\\x01\\x1b[31m", b"~root", b"a:b", b"root@host:", b"|tee", b"&"]
      for n in names:
          open(b"/srv/hostile/" + n, "wb").write(b"content of " + n)
          os.makedirs(b"/srv/hostile/deep/" + n, exist_ok=True)
          open(b"/srv/hostile/deep/" + n + b"/" + n, "wb").write(b"deep " + n)
      PY
      python3 /root/names.py
      ln -s loop loop; ln -s .. up; ln -s '$(touch executed)' dangling
      mkfifo fifo; mknod device c 1 3
      python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/srv/hostile/socket")'
      echo shared >one; ln one two; ln one deep/er/three
      truncate -s 64M holes; printf end >>holes
      setfacl -m u:daemon:r one; setfacl -d -m g:adm:rx deep; setfattr -n user.colour -v 'blue; $(x)' two
      chown -h 4711:4712 dangling; chown daemon:adm ./-rf; chmod 4751 ./--delete; chmod 1777 deep/er
      : >empty; mkdir nothing
      """;

  private static final String LOOK =
      """
      cd "$1"; export LC_ALL=C
      find . -printf '%y %m %U %G %n %l|%p\\n' | sort | sed 's/^d \\([^ ]* [^ ]* [^ ]*\\) [0-9]*/d \\1/'
      find . -type f -print0 | sort -z | xargs -0 sha256sum
      find . -print0 | sort -z | xargs -0 getfacl -hnp 2>/dev/null
      find . -print0 | sort -z | xargs -0 getfattr -hd -m - 2>/dev/null
      """;

  private static DataPair pair;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    pair = new DataPair(folder);
    for (var server : List.of(pair.production, pair.backup)) {
      server.put("/root/look", LOOK);
    }
  }

  @AfterAll
  static void stop() {
    pair.close();
  }

  @Test
  void whateverFilesAreAndHoweverTheyAreCalledTheyArriveAndNothingIsExecuted() {
    pair.production.inside(HOSTILE);
    DataSettings data = data(List.of("/srv/hostile"));
    pair.exchangeKeys(data);
    pair.copy(data);
    String copied = pair.backup.inside("sh /root/look /srv/hostile");
    assertThat(copied).isEqualTo(pair.production.inside("sh /root/look /srv/hostile"));
    assertThat(pair.backup.inside("du -k /srv/hostile/holes | cut -f1").strip())
        .as("the holes of a sparse file take no room")
        .matches("\\d{1,3}");

    // What an application does meanwhile: every name again, some gone, links made anew.
    pair.production.inside(
        """
        cd /srv/hostile
        sed -i 's/b"content of "/b"later content of "/' /root/names.py && python3 /root/names.py
        rm -- ./-rf two; rm -r './deep/a space'; mv nothing something; mv one 'one
        more'
        echo apart >two; ln two deep/two; rm empty; mkdir empty; rm -r deep/er; echo file >deep/er
        setfacl -m u:daemon:rw two; setfattr -n user.colour -v red holes; ln -sfn elsewhere dangling
        """);
    StepReport report = pair.copyLastChanges(data);

    assertThat(report.facts().get(Fact.DIGEST)).hasSize(64);
    assertThat(pair.backup.inside("sh /root/look /srv/hostile"))
        .isEqualTo(pair.production.inside("sh /root/look /srv/hostile"))
        .isNotEqualTo(copied);
    for (var server : List.of(pair.production, pair.backup)) {
      assertThat(server.inside("find / -xdev -name executed 2>/dev/null")).isEmpty();
    }
  }

  /** Its sender is gone without a word, as behind a cut network, and it waits for it. */
  @Test
  void aReceiverThatWasLeftBehindOnTheStandbyDoesNotKeepTheNextCopyOut() {
    pair.production.inside("mkdir -p /srv/again && echo here >/srv/again/file");
    DataSettings data = data(List.of("/srv/again"));
    pair.exchangeKeys(data);
    pair.backup.inside(
        """
        mkfifo /root/silence
        setsid sh -c 'exec 3<>/root/silence
          SSH_ORIGINAL_COMMAND="rsync --server -logDtpre.iLsfxCIvu . /" exec /usr/bin/rrsync -wo / <&3' >/dev/null 2>&1 &
        for i in $(seq 50); do pgrep -x rsync >/dev/null && exit 0; sleep 0.1; done; exit 1
        """);
    pair.copy(data);
    assertThat(pair.backup.inside("cat /srv/again/file")).isEqualTo("here\n");
    assertThat(pair.backup.inside("pgrep -x rsync || true")).isEmpty();
  }

  @Test
  void whatIsExcludedIsNeitherCopiedNorComparedNorRemoved() {
    pair.production.inside(
        "mkdir -p /srv/shop/cache/a /srv/shop/b && cd /srv/shop && touch keep cache/a/x b/y.tmp b/y");
    pair.backup.inside("mkdir -p /srv/shop/b && touch /srv/shop/b/mine.tmp");
    DataSettings data = data(List.of("/srv/shop"), "*.tmp", "/srv/shop/cache/");
    assertThat(pair.complaints(data)).isEmpty();
    pair.exchangeKeys(data);
    pair.copy(data);
    pair.production.inside("touch /srv/shop/new.tmp /srv/shop/cache/new /srv/shop/new");
    pair.copyLastChanges(data);

    assertThat(pair.backup.inside("cd /srv/shop && find . | LC_ALL=C sort").lines())
        .containsExactly(".", "./b", "./b/mine.tmp", "./b/y", "./keep", "./new");
  }

  @Test
  void dataOfAStandbyThatIsNotOursIsNotOverwritten() {
    pair.production.inside("mkdir -p /srv/mine && echo new >/srv/mine/file");
    pair.backup.inside("mkdir -p /srv/mine && echo precious >/srv/mine/file");
    DataSettings data = data(List.of("/srv/mine"));
    assertThat(pair.complaints(data))
        .singleElement()
        .asString()
        .contains("backup holds files")
        .contains("/srv/mine/file")
        .contains(Ownership.MARK);

    pair.backup.inside("mkdir -p /var/lib/migration-monkey && echo /srv/mine >>" + Ownership.MARK);
    assertThat(pair.complaints(data)).isEmpty();
  }

  @Test
  void filesThatPackagesBroughtAreNobodysData() {
    pair.production.inside("ls /etc/pam.d/sshd");
    assertThat(pair.complaints(data(List.of("/etc/ca-certificates")))).isEmpty();
  }

  @Test
  void aPageWrittenThroughAMappingAfterItWasReadIsNotMissed() {
    pair.production.inside("mkdir -p /srv/mapped && head -c 100000 /dev/zero >/srv/mapped/file");
    // It dirties a page, waits, and writes to the same page again, which changes no time.
    pair.production.put(
        "/root/map.py",
        """
        import mmap, os, time
        f = open("/srv/mapped/file", "r+b")
        m = mmap.mmap(f.fileno(), 0)
        m[0:5] = b"first"
        time.sleep(3)
        open("/root/dirty", "w").close()
        while not os.path.exists("/root/copied"): time.sleep(0.05)
        m[0:5] = b"after"
        """);
    pair.production.inside(
        "systemd-run --quiet --unit=mapper python3 /root/map.py;"
            + " while [ ! -e /root/dirty ]; do sleep 0.1; done");
    DataSettings data = data(List.of("/srv/mapped"));
    pair.exchangeKeys(data);
    pair.copy(data);
    pair.production.inside(
        "touch /root/copied; while systemctl -q is-active mapper; do sleep 0.1; done");
    pair.copyLastChanges(data);
    assertThat(pair.backup.inside("head -c 5 /srv/mapped/file")).isEqualTo("after");
  }

  @Test
  void whatRottedOnTheStandbyIsFoundAndSentAgain() {
    pair.production.inside(
        "mkdir -p /srv/rot && echo sound >/srv/rot/file && echo 2 >/srv/rot/two");
    DataSettings data = data(List.of("/srv/rot"));
    pair.exchangeKeys(data);
    pair.copy(data);
    // The same size and time, as rsync looks at them.
    pair.backup.inside(
        "cd /srv/rot && touch -r file when && echo s0und >file && touch -r when file && rm when");
    pair.copyLastChanges(data);
    assertThat(pair.backup.inside("cat /srv/rot/file").strip()).isEqualTo("sound");
  }

  @Test
  void whatTheRoundHasReadIsNotReadAgainUnlessItChangedSince() {
    pair.production.inside(
        "mkdir -p '/srv/se\\#012nt' && cd '/srv/se\\#012nt' && echo first >a && echo 2nd >b && sleep 3");
    DataSettings data = data(List.of("/srv/se\\#012nt"));
    pair.exchangeKeys(data);
    pair.copyOnce(data);
    // The same size and time, as a reader of both would have it.
    pair.production.inside(
        "cd '/srv/se\\#012nt' && touch -r b when && echo 3rd >b && touch -r when b && rm when");
    LearnData learn =
        new LearnData(LearnData.Side.SOURCE, data.dataSet(), Priority.NORMAL, DataPair.HOLD);
    assertThat(pair.run().source().run(learn)).isEqualTo("3rd\n".length());

    pair.copyLastChanges(data);
    assertThat(pair.backup.inside("cat '/srv/se\\#012nt/b'")).isEqualTo("3rd\n");
  }

  @Test
  void aStandbyWithoutRoomIsToldInPlainWords() {
    pair.production.inside("mkdir -p /srv/full && head -c 20M /dev/urandom >/srv/full/big");
    pair.backup.inside("mkdir -p /srv/full && mount -t tmpfs -o size=5m none /srv/full");
    DataSettings data = data(List.of("/srv/full"));
    try {
      pair.exchangeKeys(data);
      assertThatExceptionOfType(StepFailed.class)
          .isThrownBy(() -> pair.copy(data))
          .withMessageContaining("backup has no room left under /srv/full");
    } finally {
      pair.backup.inside("umount /srv/full");
    }
  }

  @Test
  void digestsAgreeWhenTheDataDoesAndDifferWithNameModeOwnerContentOrLink() {
    String tree =
        """
        rm -rf /srv/tree && mkdir -p /srv/tree/sub && cd /srv/tree
        echo one >sub/one; ln -s sub/one link; ln sub/one hard
        chmod 640 sub/one; chown daemon:adm sub
        """;
    DigestData digest = new DigestData(DataSet.of("/srv/tree"), DataPair.HOLD);
    pair.production.inside(tree);
    pair.backup.inside(tree);
    String expected = pair.run().source().run(digest);
    assertThat(pair.run().standby().run(digest)).isEqualTo(expected);
    for (String change :
        List.of(
            "echo two >/srv/tree/sub/one",
            "chmod 600 /srv/tree/sub/one",
            "chown root /srv/tree/sub",
            "mv /srv/tree/hard /srv/tree/harder",
            "ln -sfn sub /srv/tree/link",
            "touch /srv/tree/more")) {
      pair.backup.inside(tree);
      pair.backup.inside(change);
      assertThat(pair.run().standby().run(digest)).as(change).isNotEqualTo(expected);
    }
  }

  @Test
  void accountsAreAlikeAndClashesAreNamedOnBothSides() {
    pair.production.inside(
        """
        groupadd --gid 7301 helpers; groupadd --gid 7302 clerks
        useradd --uid 7303 --gid 7302 -G helpers --home-dir /srv/desk --shell /bin/sh clerk
        mkdir -p /srv/desk && touch /srv/desk/note && chown -R clerk:clerks /srv/desk
        """);
    DataSettings data = data(List.of("/srv/desk"));
    pair.backup.inside("useradd --uid 7303 stranger");
    assertThat(pair.complaints(data))
        .singleElement()
        .asString()
        .contains("user id 7303 is clerk on production and stranger on backup");
    pair.backup.inside("userdel stranger; useradd --uid 7999 clerk");
    assertThat(pair.complaints(data))
        .singleElement()
        .asString()
        .contains("user clerk has id 7303 on production and 7999 on backup");
    pair.backup.inside("userdel clerk; ! getent group clerk || groupdel clerk");
    assertThat(pair.complaints(data)).isEmpty();

    pair.exchangeKeys(data);
    pair.exchangeKeys(data);

    assertThat(pair.backup.inside("getent passwd clerk; id clerk"))
        .isEqualTo(pair.production.inside("getent passwd clerk; id clerk"));
  }
}
