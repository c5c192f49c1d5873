package logpatrol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.datastreams.CreateDataStreamAction;
import org.elasticsearch.action.datastreams.DeleteDataStreamAction;
import org.elasticsearch.action.datastreams.GetDataStreamAction;
import org.elasticsearch.action.datastreams.GetDataStreamAction.Response.DataStreamInfo;
import org.elasticsearch.action.datastreams.GetDataStreamAction.Response.IndexProperties;
import org.elasticsearch.action.datastreams.GetDataStreamAction.Response.ManagedBy;
import org.elasticsearch.action.support.ActionFilters;
import org.elasticsearch.action.support.TransportAction;
import org.elasticsearch.action.support.master.AcknowledgedResponse;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.ClusterStateUpdateTask;
import org.elasticsearch.cluster.ProjectState;
import org.elasticsearch.cluster.health.ClusterStateHealth;
import org.elasticsearch.cluster.metadata.DataStream;
import org.elasticsearch.cluster.metadata.MetadataCreateDataStreamService;
import org.elasticsearch.cluster.metadata.MetadataDataStreamsService;
import org.elasticsearch.cluster.metadata.MetadataIndexTemplateService;
import org.elasticsearch.cluster.metadata.ProjectId;
import org.elasticsearch.cluster.metadata.ProjectMetadata;
import org.elasticsearch.cluster.project.ProjectResolver;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.Priority;
import org.elasticsearch.common.regex.Regex;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.Index;
import org.elasticsearch.index.IndexNotFoundException;
import org.elasticsearch.injection.guice.Inject;
import org.elasticsearch.tasks.Task;
import org.elasticsearch.transport.TransportService;

/** The three data stream actions, over the services that the server itself has: the module that binds them is not on Maven. */
final class DataStreams {
    private DataStreams() {}

    static Set<DataStream> matching(ProjectMetadata project, String[] names) {
        String[] patterns = names == null || names.length == 0
            ? new String[] {"*"}
            : Arrays.stream(names).map(name -> name.equals("_all") ? "*" : name).toArray(String[]::new);
        Set<DataStream> found = new LinkedHashSet<>();
        for (String pattern : patterns) {
            if (!Regex.isSimpleMatchPattern(pattern) && !project.dataStreams().containsKey(pattern))
                throw new IndexNotFoundException(pattern);
            project.dataStreams().forEach((name, stream) -> {
                if (Regex.simpleMatch(pattern, name)) found.add(stream);
            });
        }
        return found;
    }

    public static final class Create extends TransportAction<CreateDataStreamAction.Request, AcknowledgedResponse> {
        private final MetadataCreateDataStreamService service;
        private final ProjectResolver projects;

        @Inject
        public Create(TransportService transport, ActionFilters filters, MetadataCreateDataStreamService service, ProjectResolver projects) {
            super(CreateDataStreamAction.NAME, filters, transport.getTaskManager(), Runnable::run);
            this.service = service;
            this.projects = projects;
        }

        @Override
        protected void doExecute(Task task, CreateDataStreamAction.Request request, ActionListener<AcknowledgedResponse> listener) {
            service.createDataStream(
                new MetadataCreateDataStreamService.CreateDataStreamClusterStateUpdateRequest(
                    projects.getProjectId(), request.getName(), request.getStartTime(), null, request.masterNodeTimeout(), request.ackTimeout()),
                listener);
        }
    }

    public static final class Delete extends TransportAction<DeleteDataStreamAction.Request, AcknowledgedResponse> {
        private final ClusterService cluster;
        private final ProjectResolver projects;

        @Inject
        public Delete(TransportService transport, ActionFilters filters, ClusterService cluster, ProjectResolver projects) {
            super(DeleteDataStreamAction.NAME, filters, transport.getTaskManager(), Runnable::run);
            this.cluster = cluster;
            this.projects = projects;
        }

        @Override
        protected void doExecute(Task task, DeleteDataStreamAction.Request request, ActionListener<AcknowledgedResponse> listener) {
            ProjectId id = projects.getProjectId();
            cluster.submitUnbatchedStateUpdateTask("delete-data-stream", new ClusterStateUpdateTask(Priority.HIGH, request.masterNodeTimeout()) {
                @Override
                public ClusterState execute(ClusterState state) {
                    ProjectState project = state.projectState(id);
                    return MetadataDataStreamsService.deleteDataStreams(
                        project, matching(project.metadata(), request.getNames()), cluster.getSettings());
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

    public static final class Get extends TransportAction<GetDataStreamAction.Request, GetDataStreamAction.Response> {
        private final ClusterService cluster;
        private final ProjectResolver projects;

        @Inject
        public Get(TransportService transport, ActionFilters filters, ClusterService cluster, ProjectResolver projects) {
            super(GetDataStreamAction.NAME, filters, transport.getTaskManager(), Runnable::run);
            this.cluster = cluster;
            this.projects = projects;
        }

        @Override
        protected void doExecute(Task task, GetDataStreamAction.Request request, ActionListener<GetDataStreamAction.Response> listener) {
            ActionListener.completeWith(listener, () -> {
                ClusterState state = cluster.state();
                ProjectMetadata project = projects.getProjectMetadata(state);
                List<DataStreamInfo> infos = new ArrayList<>();
                for (DataStream stream : matching(project, request.getNames())) infos.add(info(state, project, stream));
                infos.sort(Comparator.comparing(info -> info.getDataStream().getName()));
                return new GetDataStreamAction.Response(infos);
            });
        }

        private static DataStreamInfo info(ClusterState state, ProjectMetadata project, DataStream stream) {
            String template = MetadataIndexTemplateService.findV2Template(project, stream.getName(), false);
            Settings settings =
                template == null ? Settings.EMPTY : MetadataIndexTemplateService.resolveSettings(project, template);
            Map<Index, IndexProperties> properties = new HashMap<>();
            for (Index index : stream.getIndices()) {
                String policy = project.getIndexSafe(index).getLifecyclePolicyName();
                properties.put(index, new IndexProperties(true, policy, policy != null ? ManagedBy.ILM : ManagedBy.UNMANAGED, "standard"));
            }
            String[] indices = stream.getIndices().stream().map(Index::getName).toArray(String[]::new);
            ClusterStateHealth health = new ClusterStateHealth(state, indices, project.id());
            return new DataStreamInfo(
                stream, false, health.getStatus(), template, settings.get("index.lifecycle.name"), null, properties, true, null, "standard");
        }
    }
}
