package logpatrol;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.bootstrap.BootstrapCheck;
import org.elasticsearch.bootstrap.BootstrapContext;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.KeyStoreWrapper;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.transport.BoundTransportAddress;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * Runs one real Elasticsearch node in this JVM, without the bootstrap checks that a container of its own would need.
 * Arguments: home folder, work folder, HTTP port, then any settings as key=value. With security the password of the user elastic is in
 * ES_BOOTSTRAP_PASSWORD. SIGTERM closes it in order.
 */
public final class Launcher {
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]).toAbsolutePath();
        Path work = Path.of(args[1]).toAbsolutePath();
        Path config = work.resolve("config");
        for (String folder : List.of("data", "logs", "config", "tmp")) Files.createDirectories(work.resolve(folder));
        if (Files.notExists(config.resolve("log4j2.properties")))
            Files.copy(home.resolve("config/log4j2.properties"), config.resolve("log4j2.properties"));

        Settings.Builder settings = Settings.builder()
            .put("path.home", home.toString())
            .put("path.data", work.resolve("data").toString())
            .put("path.logs", work.resolve("logs").toString())
            .put("cluster.name", "logpatrol-test")
            .put("node.name", "node-1")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", args[2])
            .put("transport.port", "0")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("action.destructive_requires_name", false);
        for (int i = 3; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            settings.put(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        String password = System.getenv("ES_BOOTSTRAP_PASSWORD");
        if (password != null) {
            KeyStoreWrapper secrets = KeyStoreWrapper.create();
            secrets.setString("bootstrap.password", password.toCharArray());
            settings.setSecureSettings(secrets);
        }

        Environment environment =
            InternalSettingsPreparer.prepareEnvironment(settings.build(), Map.of(), config, () -> "node-1");
        LogConfigurator.registerErrorListener();
        LogConfigurator.setNodeName("node-1");
        LogConfigurator.setClusterName("logpatrol-test");
        LogConfigurator.configure(environment, true);
        PluginsLoader plugins = PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(environment.modulesDir(), false),
            PluginsLoader.loadPluginsBundles(environment.pluginsDir(), false),
            Map.of(),
            false);
        Node node = new Node(environment, plugins) {
            @Override
            protected void validateNodeBeforeAcceptingRequests(
                BootstrapContext context, BoundTransportAddress address, List<BootstrapCheck> checks) {}
        };
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.prepareForClose();
                node.close();
            } catch (Exception e) {
                e.printStackTrace();
            }
            closed.countDown();
        }, "shutdown"));
        node.start();
        System.out.println("started");
        closed.await();
    }
}
