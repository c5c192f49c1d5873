package logpatrol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.elasticsearch.action.datastreams.CreateDataStreamAction;
import org.elasticsearch.action.datastreams.DeleteDataStreamAction;
import org.elasticsearch.action.datastreams.GetDataStreamAction;
import org.elasticsearch.cluster.node.DiscoveryNodes;
import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.features.NodeFeature;
import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.plugins.ScriptPlugin;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestHandler.Route;
import org.elasticsearch.rest.RestRequest.Method;
import org.elasticsearch.rest.action.RestToXContentListener;
import org.elasticsearch.script.ScriptContext;
import org.elasticsearch.script.ScriptEngine;
import org.elasticsearch.xcontent.NamedXContentRegistry;

/** What a distribution has and the jars on Maven Central have not: REST for data streams, ILM policies, mustache. */
public final class TestPlugin extends Plugin implements ActionPlugin, ScriptPlugin {
    private static final TimeValue TIMEOUT = TimeValue.timeValueSeconds(30);

    @Override
    public ScriptEngine getScriptEngine(Settings settings, Collection<ScriptContext<?>> contexts) {
        return new Mustache();
    }

    @Override
    public List<Setting<?>> getSettings() {
        return LifecyclePolicies.settings();
    }

    @Override
    public List<NamedXContentRegistry.Entry> getNamedXContent() {
        return LifecyclePolicies.parsers();
    }

    @Override
    public Collection<ActionHandler> getActions() {
        List<ActionHandler> actions = new ArrayList<>(LifecyclePolicies.actions());
        actions.add(new ActionHandler(CreateDataStreamAction.INSTANCE, DataStreams.Create.class));
        actions.add(new ActionHandler(GetDataStreamAction.INSTANCE, DataStreams.Get.class));
        actions.add(new ActionHandler(DeleteDataStreamAction.INSTANCE, DataStreams.Delete.class));
        return actions;
    }

    @Override
    public Collection<RestHandler> getRestHandlers(
        RestHandlersServices services, Supplier<DiscoveryNodes> nodes, Predicate<NodeFeature> features) {
        List<RestHandler> endpoints = new ArrayList<>(LifecyclePolicies.endpoints());
        endpoints.add(new Endpoint("data_stream_put", (request, client) -> {
            var create = new CreateDataStreamAction.Request(TIMEOUT, TIMEOUT, request.param("name"));
            return channel -> client.execute(CreateDataStreamAction.INSTANCE, create, new RestToXContentListener<>(channel));
        }, new Route(Method.PUT, "/_data_stream/{name}")));
        endpoints.add(new Endpoint("data_stream_get", (request, client) -> {
            var get = new GetDataStreamAction.Request(TIMEOUT, Endpoint.names(request, "name"));
            return channel -> client.execute(GetDataStreamAction.INSTANCE, get, new RestToXContentListener<>(channel));
        }, new Route(Method.GET, "/_data_stream"), new Route(Method.GET, "/_data_stream/{name}")));
        endpoints.add(new Endpoint("data_stream_delete", (request, client) -> {
            var delete = new DeleteDataStreamAction.Request(TIMEOUT, Endpoint.names(request, "name"));
            return channel -> client.execute(DeleteDataStreamAction.INSTANCE, delete, new RestToXContentListener<>(channel));
        }, new Route(Method.DELETE, "/_data_stream/{name}")));
        return endpoints;
    }
}
