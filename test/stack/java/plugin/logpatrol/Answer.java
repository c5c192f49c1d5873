package logpatrol;

import java.io.IOException;
import org.elasticsearch.rest.RestChannel;
import org.elasticsearch.rest.action.RestToXContentListener;
import org.elasticsearch.xcontent.ToXContentObject;
import org.elasticsearch.xcontent.XContentBuilder;

/** A JSON answer written by a lambda. */
record Answer(Body body) implements ToXContentObject {
    interface Body {
        XContentBuilder write(XContentBuilder json) throws IOException;
    }

    static void send(RestChannel channel, Body body) {
        new RestToXContentListener<Answer>(channel).onResponse(new Answer(body));
    }

    @Override
    public XContentBuilder toXContent(XContentBuilder json, Params params) throws IOException {
        return body.write(json);
    }
}
