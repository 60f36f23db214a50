import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.fr.FrenchLightStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.util.ElisionFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.PreConfiguredTokenFilter;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * The names of Elasticsearch's analysis module that our index uses, over the same classes of Lucene: the module itself is
 * not published. Whatever its documentation does not list is refused, so that no test passes on what production refuses.
 */
public final class AnalysisForTests extends Plugin implements AnalysisPlugin {

    @Override
    public Map<String, AnalysisProvider<org.elasticsearch.index.analysis.TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<org.elasticsearch.index.analysis.TokenFilterFactory>> filters = new HashMap<>();
        filters.put("asciifolding", (index, environment, name, settings) -> {
            known(name, settings, "preserve_original");
            boolean keeps = settings.getAsBoolean("preserve_original", false);
            return filter(name, stream -> new ASCIIFoldingFilter(stream, keeps));
        });
        filters.put("elision", AnalysisPlugin.requiresAnalysisSettings((index, environment, name, settings) -> {
            known(name, settings, "articles", "articles_case");
            CharArraySet articles = new CharArraySet(settings.getAsList("articles"), settings.getAsBoolean("articles_case", false));
            return filter(name, stream -> new ElisionFilter(stream, articles));
        }));
        filters.put("stemmer", AnalysisPlugin.requiresAnalysisSettings((index, environment, name, settings) -> {
            known(name, settings, "language");
            return filter(name, stemmer(settings.get("language")));
        }));
        return filters;
    }

    private static UnaryOperator<TokenStream> stemmer(String language) {
        return switch (language) {
            case "english" -> PorterStemFilter::new;
            case "porter2" -> stream -> new SnowballFilter(stream, "English");
            case "light_french" -> FrenchLightStemFilter::new;
            default -> throw new IllegalArgumentException("no stemmer of ours: [" + language + "]");
        };
    }

    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        return Map.of(
            "english", (index, environment, name, settings) -> analyzer(name, settings, new EnglishAnalyzer()),
            "french", (index, environment, name, settings) -> analyzer(name, settings, new FrenchAnalyzer()),
            "arabic", (index, environment, name, settings) -> analyzer(name, settings, new ArabicAnalyzer())
        );
    }

    @Override
    public List<PreConfiguredTokenFilter> getPreConfiguredTokenFilters() {
        return List.of(PreConfiguredTokenFilter.singleton("asciifolding", true, ASCIIFoldingFilter::new));
    }

    private static org.elasticsearch.index.analysis.TokenFilterFactory filter(String name, UnaryOperator<TokenStream> made) {
        return new AbstractTokenFilterFactory(name) {
            @Override
            public TokenStream create(TokenStream stream) {
                return made.apply(stream);
            }
        };
    }

    private static <A extends Analyzer> AnalyzerProvider<A> analyzer(String name, Settings settings, A analyzer) {
        known(name, settings);
        return new AbstractIndexAnalyzerProvider<A>(name) {
            @Override
            public A get() {
                return analyzer;
            }
        };
    }

    /** Refuses a setting that Elastic's documentation does not list for this name. */
    private static void known(String name, Settings settings, String... names) {
        Set<String> unknown = new TreeSet<>(settings.names());
        unknown.removeAll(Arrays.asList(names));
        unknown.remove("type");
        unknown.remove("index"); // what the server itself says of the index
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("[" + name + "] knows no " + unknown);
        }
    }
}
