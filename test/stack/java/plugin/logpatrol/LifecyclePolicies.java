package logpatrol;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.elasticsearch.ResourceNotFoundException;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.ActionRequest;
import org.elasticsearch.action.support.ActionFilters;
import org.elasticsearch.action.support.TransportAction;
import org.elasticsearch.action.support.master.AcknowledgedResponse;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.ClusterStateUpdateTask;
import org.elasticsearch.cluster.ProjectState;
import org.elasticsearch.cluster.metadata.ItemUsage;
import org.elasticsearch.cluster.metadata.Metadata;
import org.elasticsearch.cluster.metadata.ProjectId;
import org.elasticsearch.cluster.project.ProjectResolver;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.Priority;
import org.elasticsearch.common.regex.Regex;
import org.elasticsearch.common.settings.Setting;
import org.elasticsearch.core.CheckedFunction;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestHandler.Route;
import org.elasticsearch.rest.RestRequest.Method;
import org.elasticsearch.rest.action.RestRefCountedChunkedToXContentListener;
import org.elasticsearch.rest.action.RestToXContentListener;
import org.elasticsearch.tasks.Task;
import org.elasticsearch.transport.TransportService;
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
import org.elasticsearch.xpack.core.ilm.action.DeleteLifecycleAction;
import org.elasticsearch.xpack.core.ilm.action.GetLifecycleAction;
import org.elasticsearch.xpack.core.ilm.action.ILMActions;
import org.elasticsearch.xpack.core.ilm.action.PutLifecycleRequest;

/**
 * ILM policies as Elasticsearch's own code parses and keeps them, put, shown and deleted by the actions of its own names, so that
 * rights are asked for. They are stored and shown, and not executed.
 */
final class LifecyclePolicies {
    private static final TimeValue TIMEOUT = TimeValue.timeValueSeconds(30);

    private LifecyclePolicies() {}

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

    static List<ActionPlugin.ActionHandler> actions() {
        return List.of(
            new ActionPlugin.ActionHandler(ILMActions.PUT, Put.class),
            new ActionPlugin.ActionHandler(GetLifecycleAction.INSTANCE, Get.class),
            new ActionPlugin.ActionHandler(DeleteLifecycleAction.INSTANCE, Delete.class));
    }

    static List<RestHandler> endpoints() {
        return List.of(
            new Endpoint("ilm_put", (request, client) -> {
                PutLifecycleRequest put;
                try (XContentParser parser = request.contentParser()) {
                    put = new PutLifecycleRequest(TIMEOUT, TIMEOUT, parse(parser, request.param("name")));
                }
                return channel -> client.execute(ILMActions.PUT, put, new RestToXContentListener<>(channel));
            }, new Route(Method.PUT, "/_ilm/policy/{name}")),
            new Endpoint("ilm_delete", (request, client) -> {
                var delete = new DeleteLifecycleAction.Request(TIMEOUT, TIMEOUT, request.param("name"));
                return channel -> client.execute(DeleteLifecycleAction.INSTANCE, delete, new RestToXContentListener<>(channel));
            }, new Route(Method.DELETE, "/_ilm/policy/{name}")),
            new Endpoint("ilm_get", (request, client) -> {
                var get = new GetLifecycleAction.Request(TIMEOUT, Endpoint.names(request, "name"));
                return channel -> client.execute(
                    GetLifecycleAction.INSTANCE, get, new RestRefCountedChunkedToXContentListener<>(channel));
            }, new Route(Method.GET, "/_ilm/policy"), new Route(Method.GET, "/_ilm/policy/{name}")));
    }

    private static LifecyclePolicy parse(XContentParser parser, String name) throws IOException {
        boolean isPolicy = parser.nextToken() == XContentParser.Token.START_OBJECT
            && parser.nextToken() == XContentParser.Token.FIELD_NAME
            && parser.currentName().equals("policy");
        if (!isPolicy) throw new IllegalArgumentException("expected {\"policy\":{...}}");
        parser.nextToken();
        return LifecyclePolicy.parse(parser, name);
    }

    private static ResourceNotFoundException missing(String name) {
        return new ResourceNotFoundException("Lifecycle policy not found: {}", name);
    }

    /** An action that changes the stored policies. */
    abstract static class Change<Request extends ActionRequest> extends TransportAction<Request, AcknowledgedResponse> {
        private final ClusterService cluster;
        private final ProjectResolver projects;

        Change(String name, TransportService transport, ActionFilters filters, ClusterService cluster, ProjectResolver projects) {
            super(name, filters, transport.getTaskManager(), Runnable::run);
            this.cluster = cluster;
            this.projects = projects;
        }

        abstract void change(Request request, SortedMap<String, LifecyclePolicyMetadata> policies);

        @Override
        protected void doExecute(Task task, Request request, ActionListener<AcknowledgedResponse> listener) {
            ProjectId id = projects.getProjectId();
            cluster.submitUnbatchedStateUpdateTask("ilm-policy", new ClusterStateUpdateTask(Priority.NORMAL, TIMEOUT) {
                @Override
                public ClusterState execute(ClusterState state) {
                    ProjectState project = state.projectState(id);
                    IndexLifecycleMetadata stored =
                        project.metadata().custom(IndexLifecycleMetadata.TYPE, IndexLifecycleMetadata.EMPTY);
                    SortedMap<String, LifecyclePolicyMetadata> policies = new TreeMap<>(stored.getPolicyMetadatas());
                    change(request, policies);
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

    public static final class Put extends Change<PutLifecycleRequest> {
        @Inject
        public Put(TransportService transport, ActionFilters filters, ClusterService cluster, ProjectResolver projects) {
            super(ILMActions.PUT.name(), transport, filters, cluster, projects);
        }

        @Override
        void change(PutLifecycleRequest request, SortedMap<String, LifecyclePolicyMetadata> policies) {
            LifecyclePolicy policy = request.getPolicy();
            LifecyclePolicyMetadata present = policies.get(policy.getName());
            long version = present == null ? 1 : present.getVersion() + 1;
            policies.put(policy.getName(), new LifecyclePolicyMetadata(policy, Map.of(), version, System.currentTimeMillis()));
        }
    }

    public static final class Delete extends Change<DeleteLifecycleAction.Request> {
        @Inject
        public Delete(TransportService transport, ActionFilters filters, ClusterService cluster, ProjectResolver projects) {
            super(DeleteLifecycleAction.NAME, transport, filters, cluster, projects);
        }

        @Override
        void change(DeleteLifecycleAction.Request request, SortedMap<String, LifecyclePolicyMetadata> policies) {
            if (policies.remove(request.getPolicyName()) == null) throw missing(request.getPolicyName());
        }
    }

    public static final class Get extends TransportAction<GetLifecycleAction.Request, GetLifecycleAction.Response> {
        private final ClusterService cluster;
        private final ProjectResolver projects;

        @Inject
        public Get(TransportService transport, ActionFilters filters, ClusterService cluster, ProjectResolver projects) {
            super(GetLifecycleAction.NAME, filters, transport.getTaskManager(), Runnable::run);
            this.cluster = cluster;
            this.projects = projects;
        }

        @Override
        protected void doExecute(Task task, GetLifecycleAction.Request request, ActionListener<GetLifecycleAction.Response> listener) {
            ActionListener.completeWith(listener, () -> {
                var policies = projects.getProjectMetadata(cluster.state())
                    .custom(IndexLifecycleMetadata.TYPE, IndexLifecycleMetadata.EMPTY)
                    .getPolicyMetadatas();
                String[] names = request.getPolicyNames();
                for (String name : names)
                    if (!name.contains("*") && !policies.containsKey(name)) throw missing(name);
                ItemUsage usage = new ItemUsage(List.of(), List.of(), List.of());
                List<GetLifecycleAction.LifecyclePolicyResponseItem> items = new ArrayList<>();
                policies.forEach((name, stored) -> {
                    if (Regex.simpleMatch(names, name))
                        items.add(new GetLifecycleAction.LifecyclePolicyResponseItem(
                            stored.getPolicy(), stored.getVersion(), stored.getModifiedDateString(), usage));
                });
                return new GetLifecycleAction.Response(items);
            });
        }
    }
}
