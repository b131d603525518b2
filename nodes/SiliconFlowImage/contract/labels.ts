/**
 * Labels that messages name, besides those of the request fields (`fields.ts`). The panel takes them
 * from here too, so a message never names a field that the panel calls something else. The credential
 * cannot, so a test compares.
 */
export const LABELS = {
	operation: 'Operation',
	model: 'Model',
	prompt: 'Prompt',
	imagesFrom: 'Images From',
	images: 'Images',
	source: 'Source',
	inputDataFieldName: 'Input Data Field Name',
	url: 'URL',
	base64: 'Base64',
	imageSize: 'Image Size',
	customSize: 'Custom',
	matchInput: 'Match Input Image',
	numberOfImages: 'Number of Images',

	options: 'Options',
	additionalBodyFields: 'Additional Body Fields',
	downloadImages: 'Download Images',
	fallbackModel: 'Fallback Model',
	fileName: 'File Name',
	includeInputFields: 'Include Input Fields',
	outputDataFieldName: 'Output Data Field Name',
	watermark: 'Watermark',

	executionOptions: 'Execution Options',
	concurrency: 'Concurrency',
	giveUpAfter: 'Give Up After',
	imagesPerMinute: 'Images per Minute',
	maxImages: 'Maximum Images per Run',
	retryOnTimeout: 'Retry on Timeout',
	timeout: 'Timeout',

	region: 'Region',
	apiKey: 'API Key',
	baseUrl: 'Base URL',
} as const;
