package logpatrol;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.elasticsearch.ResourceNotFoundException;
import org.elasticsearch.action.support.master.AcknowledgedResponse;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.ClusterStateUpdateTask;
import org.elasticsearch.cluster.ProjectState;
import org.elasticsearch.cluster.metadata.Metadata;
import org.elasticsearch.cluster.metadata.ProjectId;
import org.elasticsearch.cluster.project.ProjectResolver;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.Priority;
import org.elasticsearch.common.regex.Regex;
import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.core.CheckedFunction;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.rest.RestChannel;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestHandler.Route;
import org.elasticsearch.rest.RestRequest.Method;
import org.elasticsearch.rest.action.RestToXContentListener;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.elasticsearch.xcontent.ParseField;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xpack.core.ilm.AllocateAction;
import org.elasticsearch.xpack.core.ilm.DeleteAction;
import org.elasticsearch.xpack.core.ilm.DownsampleAction;
import org.elasticsearch.xpack.core.ilm.ForceMergeAction;
import org.elasticsearch.xpack.core.ilm.IndexLifecycleMetadata;
import org.elasticsearch.xpack.core.ilm.LifecycleAction;
import org.elasticsearch.xpack.core.ilm.LifecyclePolicy;
import org.elasticsearch.xpack.core.ilm.LifecyclePolicyMetadata;
import org.elasticsearch.xpack.core.ilm.LifecycleSettings;
import org.elasticsearch.xpack.core.ilm.LifecycleType;
import org.elasticsearch.xpack.core.ilm.MigrateAction;
import org.elasticsearch.xpack.core.ilm.OperationMode;
import org.elasticsearch.xpack.core.ilm.ReadOnlyAction;
import org.elasticsearch.xpack.core.ilm.RolloverAction;
import org.elasticsearch.xpack.core.ilm.SearchableSnapshotAction;
import org.elasticsearch.xpack.core.ilm.SetPriorityAction;
import org.elasticsearch.xpack.core.ilm.ShrinkAction;
import org.elasticsearch.xpack.core.ilm.TimeseriesLifecycleType;
import org.elasticsearch.xpack.core.ilm.UnfollowAction;
import org.elasticsearch.xpack.core.ilm.WaitForSnapshotAction;

/** ILM policies as Elasticsearch's own code parses and keeps them. They are stored and shown, and not executed. */
final class LifecyclePolicies {
    private static final TimeValue TIMEOUT = TimeValue.timeValueSeconds(30);

    private final ClusterService cluster;
    private final ProjectResolver projects;

    LifecyclePolicies(ClusterService cluster, ProjectResolver projects) {
        this.cluster = cluster;
        this.projects = projects;
    }

    static List<Setting<?>> settings() {
        return List.of(
            LifecycleSettings.LIFECYCLE_NAME_SETTING,
            LifecycleSettings.LIFECYCLE_INDEXING_COMPLETE_SETTING,
            LifecycleSettings.LIFECYCLE_SKIP_SETTING,
            LifecycleSettings.LIFECYCLE_POLL_INTERVAL_SETTING,
            LifecycleSettings.LIFECYCLE_HISTORY_INDEX_ENABLED_SETTING,
            LifecycleSettings.LIFECYCLE_ROLLOVER_ONLY_IF_HAS_DOCUMENTS_SETTING,
            LifecycleSettings.LIFECYCLE_STEP_WAIT_TIME_THRESHOLD_SETTING,
            RolloverAction.LIFECYCLE_ROLLOVER_ALIAS_SETTING);
    }

    static List<NamedXContentRegistry.Entry> parsers() {
        List<NamedXContentRegistry.Entry> entries = new ArrayList<>();
        entries.add(new NamedXContentRegistry.Entry(
            Metadata.ProjectCustom.class,
            new ParseField(IndexLifecycleMetadata.TYPE),
            parser -> IndexLifecycleMetadata.PARSER.parse(parser, null)));
        entries.add(new NamedXContentRegistry.Entry(
            LifecycleType.class,
            new ParseField(TimeseriesLifecycleType.TYPE),
            (parser, context) -> TimeseriesLifecycleType.INSTANCE));
        entries.add(action(RolloverAction.NAME, RolloverAction::parse));
        entries.add(action(DeleteAction.NAME, DeleteAction::parse));
        entries.add(action(ShrinkAction.NAME, ShrinkAction::parse));
        entries.add(action(ForceMergeAction.NAME, ForceMergeAction::parse));
        entries.add(action(ReadOnlyAction.NAME, ReadOnlyAction::parse));
        entries.add(action(SetPriorityAction.NAME, SetPriorityAction::parse));
        entries.add(action(AllocateAction.NAME, AllocateAction::parse));
        entries.add(action(MigrateAction.NAME, MigrateAction::parse));
        entries.add(action(SearchableSnapshotAction.NAME, SearchableSnapshotAction::parse));
        entries.add(action(UnfollowAction.NAME, UnfollowAction::parse));
        entries.add(action(WaitForSnapshotAction.NAME, WaitForSnapshotAction::parse));
        entries.add(action(DownsampleAction.NAME, DownsampleAction::parse));
        return entries;
    }

    private static NamedXContentRegistry.Entry action(
        String name, CheckedFunction<XContentParser, ? extends LifecycleAction, IOException> parse) {
        return new NamedXContentRegistry.Entry(LifecycleAction.class, new ParseField(name), parse);
    }

    List<RestHandler> endpoints() {
        return List.of(
            new Endpoint("ilm_put", (request, client) -> {
                String name = request.param("name");
                LifecyclePolicy policy;
                try (XContentParser parser = request.contentParser()) {
                    policy = parse(parser, name);
                }
                return channel -> update(channel, policies -> {
                    long version = policies.containsKey(name) ? policies.get(name).getVersion() + 1 : 1;
                    policies.put(name, new LifecyclePolicyMetadata(policy, Map.of(), version, System.currentTimeMillis()));
                });
            }, new Route(Method.PUT, "/_ilm/policy/{name}")),
            new Endpoint("ilm_delete", (request, client) -> {
                String name = request.param("name");
                return channel -> update(channel, policies -> {
                    if (policies.remove(name) == null) throw missing(name);
                });
            }, new Route(Method.DELETE, "/_ilm/policy/{name}")),
            new Endpoint("ilm_get", (request, client) -> {
                String[] names = Endpoint.names(request, "name");
                return channel -> show(channel, names);
            }, new Route(Method.GET, "/_ilm/policy"), new Route(Method.GET, "/_ilm/policy/{name}")));
    }

    private static ResourceNotFoundException missing(String name) {
        return new ResourceNotFoundException("Lifecycle policy not found: {}", name);
    }

    private static LifecyclePolicy parse(XContentParser parser, String name) throws IOException {
        boolean isPolicy = parser.nextToken() == XContentParser.Token.START_OBJECT
            && parser.nextToken() == XContentParser.Token.FIELD_NAME
            && parser.currentName().equals("policy");
        if (!isPolicy) throw new IllegalArgumentException("expected {\"policy\":{...}}");
        parser.nextToken();
        return LifecyclePolicy.parse(parser, name);
    }

    private void show(RestChannel channel, String[] names) {
        IndexLifecycleMetadata stored = projects.getProjectMetadata(cluster.state())
            .custom(IndexLifecycleMetadata.TYPE, IndexLifecycleMetadata.EMPTY);
        for (String name : names)
            if (!name.contains("*") && !stored.getPolicyMetadatas().containsKey(name)) throw missing(name);
        Answer.send(channel, json -> {
            json.startObject();
            for (var entry : stored.getPolicyMetadatas().entrySet()) {
                if (!Regex.simpleMatch(names, entry.getKey())) continue;
                json.startObject(entry.getKey())
                    .field("version", entry.getValue().getVersion())
                    .field("modified_date", entry.getValue().getModifiedDateString())
                    .field("policy", entry.getValue().getPolicy())
                    .endObject();
            }
            return json.endObject();
        });
    }

    private void update(RestChannel channel, Consumer<SortedMap<String, LifecyclePolicyMetadata>> change) {
        var listener = new RestToXContentListener<AcknowledgedResponse>(channel);
        ProjectId id = projects.getProjectId();
        cluster.submitUnbatchedStateUpdateTask("ilm-policy", new ClusterStateUpdateTask(Priority.NORMAL, TIMEOUT) {
            @Override
            public ClusterState execute(ClusterState state) {
                ProjectState project = state.projectState(id);
                IndexLifecycleMetadata stored =
                    project.metadata().custom(IndexLifecycleMetadata.TYPE, IndexLifecycleMetadata.EMPTY);
                SortedMap<String, LifecyclePolicyMetadata> policies = new TreeMap<>(stored.getPolicyMetadatas());
                change.accept(policies);
                return project.updatedState(builder ->
                    builder.putCustom(IndexLifecycleMetadata.TYPE, new IndexLifecycleMetadata(policies, OperationMode.RUNNING)));
            }

            @Override
            public void onFailure(Exception e) {
                listener.onFailure(e);
            }

            @Override
            public void clusterStateProcessed(ClusterState before, ClusterState after) {
                listener.onResponse(AcknowledgedResponse.TRUE);
            }
        });
    }
}
