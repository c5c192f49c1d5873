package logpatrol;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.elasticsearch.script.ScriptContext;
import org.elasticsearch.script.ScriptEngine;
import org.elasticsearch.script.TemplateScript;

/** `{{a.b}}` in ingest processors: the one thing of the mustache language that pipelines use (its module is not on Maven). */
final class Mustache implements ScriptEngine {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\{\\s*([^{}]+?)\\s*\\}\\}\\}|\\{\\{\\s*([^{}]+?)\\s*\\}\\}");

    @Override
    public String getType() {
        return "mustache";
    }

    @Override
    public Set<ScriptContext<?>> getSupportedContexts() {
        return Set.of(TemplateScript.CONTEXT, TemplateScript.INGEST_CONTEXT);
    }

    @Override
    public <T> T compile(String name, String source, ScriptContext<T> context, Map<String, String> parameters) {
        TemplateScript.Factory factory = values -> new TemplateScript(values) {
            @Override
            public String execute() {
                return PLACEHOLDER.matcher(source).replaceAll(match ->
                    Matcher.quoteReplacement(value(getParams(), match.group(1) != null ? match.group(1) : match.group(2))));
            }
        };
        return context.factoryClazz.cast(factory);
    }

    private static String value(Object root, String path) {
        Object current = root;
        for (String key : path.split("\\.")) {
            if (current instanceof Map<?, ?> map) current = map.get(key);
            else if (current instanceof List<?> list && key.matches("\\d+") && Integer.parseInt(key) < list.size())
                current = list.get(Integer.parseInt(key));
            else return "";
        }
        return current == null ? "" : current.toString();
    }
}
