package logpatrol;

import java.io.IOException;
import java.util.List;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestChannel;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest;

/** One REST endpoint made of a lambda that reads the request and answers what to do with the channel. */
final class Endpoint extends BaseRestHandler {
    interface Action {
        void run(RestChannel channel) throws Exception;
    }

    interface Reader {
        Action read(RestRequest request, NodeClient client) throws IOException;
    }

    /** Parameters that clients send and that change nothing here. */
    private static final List<String> IGNORED = List.of(
        "include_defaults", "expand_wildcards", "verbose", "only_managed", "only_errors", "human", "master_timeout", "timeout");

    private final String name;
    private final Reader reader;
    private final List<Route> routes;

    Endpoint(String name, Reader reader, RestHandler.Route... routes) {
        this.name = name;
        this.reader = reader;
        this.routes = List.of(routes);
    }

    /** The names in a path parameter, `*` where it is absent. */
    static String[] names(RestRequest request, String parameter) {
        String value = request.param(parameter);
        return value == null ? new String[] {"*"} : value.split(",");
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public List<Route> routes() {
        return routes;
    }

    @Override
    protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) throws IOException {
        IGNORED.forEach(request::param);
        Action action = reader.read(request, client);
        return action::run;
    }
}
