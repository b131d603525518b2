const operation = '$parameter["operation"] === "edit" ? "Edit" : "Generate"';

/** As it is stored, because n8n's editor shows no subtitle at all when it cannot evaluate a part. */
const model = 'String($rawParameter["model"] ?? "")';

/**
 * What n8n shows under the name of a step: the operation and the short name of the model, such as
 * "Edit · Qwen-Image-Edit-2509"; the operation alone when an expression gives the model.
 */
export const subtitle = `={{ [${operation}, ${model}.startsWith("=") ? "" : ${model}.split("/").pop().trim()].filter(Boolean).join(" · ") }}`;
